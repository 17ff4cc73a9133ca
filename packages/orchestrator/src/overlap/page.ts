import { join } from "node:path";
import { encodeThumbnail, printable } from "@fledge/data";
import { breakable, escapeHtml } from "../report/escape-html.ts";
import { htmlPage } from "../report/html-page.ts";
import { percent } from "../report/percent.ts";
import { overlapSummary, type OverlapRecord, type PairRecord, type SearchedSet } from "./records.ts";

/** Pixels of a thumbnail's longer side. */
const thumbnailSide = 160;

/** Beyond this many pairs the page would no longer open well. */
const mostShown = 500;

const style = `
body { max-width: 56rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
figure { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 0; padding: .8rem 0; border-top: 1px solid var(--line); }
figure div { flex: 0 0 ${thumbnailSide}px; text-align: center; } img { width: 100%; height: 120px; object-fit: contain; }
figcaption { flex: 1 1 14rem; overflow-wrap: anywhere; } b { font-weight: 600; }`;

/** The pairs to look at: the most doubtful first, those of the same bytes last. */
export const pairsToShow = (pairs: readonly PairRecord[]): PairRecord[] =>
  [...pairs].sort((a, b) => Number(a.sameBytes) - Number(b.sameBytes) || a.score - b.score).slice(0, mostShown);

function remark({ sameBytes, mirrored, score, changed, group }: PairRecord): string {
  const said = sameBytes
    ? "the same bytes"
    : `score ${score.toFixed(3)}${mirrored ? ", <b>mirrored</b>" : ""}; ${percent(changed)} of the picture differ`;
  return `${said} (group ${group})`;
}

/** One self-contained page with the pairs side by side. */
export async function overlapPage(sets: readonly SearchedSet[], record: OverlapRecord): Promise<string> {
  const roots = new Map(sets.map(({ folder, dataset }) => [folder, dataset.root]));
  const picture = async ({ dataset, path }: PairRecord["first"]): Promise<string> => {
    const jpeg = await encodeThumbnail(join(roots.get(dataset)!, path), thumbnailSide);
    return `<div><img alt="${escapeHtml(printable(path))}" src="data:image/jpeg;base64,${jpeg.toString("base64")}"></div>`;
  };
  const name = ({ dataset, path }: PairRecord["first"]): string => breakable(printable(join(dataset, path)));
  const shown = pairsToShow(record.pairs);
  const figures: string[] = [];
  for (const pair of shown) {
    const pictures = `${await picture(pair.first)}${await picture(pair.second)}`;
    const caption = `${name(pair.first)}<br>${name(pair.second)}<br>${remark(pair)}`;
    figures.push(`<figure>${pictures}<figcaption>${caption}</figcaption></figure>`);
  }
  const left = record.pairs.length - shown.length;
  const more =
    left > 0 ? `<p>${left} more pairs, all less doubtful than these, are in the CSV and JSON files.</p>` : "";
  const broken = record.datasets.flatMap(({ unreadable }) => unreadable);
  const unread = broken.map(({ reason }) => `<li>${escapeHtml(printable(reason))}</li>`).join("\n");
  const unreadSection = unread === "" ? "" : `<h2>Images that were left out</h2>\n<ul>${unread}</ul>\n`;
  return htmlPage(
    "Fledge: repeated images",
    style,
    `<h1>Repeated images</h1>
<p>${overlapSummary(record).map(breakable).join("<br>")}</p>
<p>The most doubtful pairs come first. The score says how well two pictures agree once one is laid over the other; 1 is equal.</p>
${figures.join("\n")}
${more}${unreadSection}`,
  );
}
