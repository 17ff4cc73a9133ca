import type { RandAugmentOptions } from "@fledge/data";
import { escapeHtml } from "../report/escape-html.ts";
import { htmlPage } from "../report/html-page.ts";
import { note } from "../report/note.ts";
import { wide } from "../report/wide.ts";
import type { Flips } from "./flips.ts";
import { canBeDrawn, type OperationRow } from "./magnitudes.ts";
import { pictureGap, pictureSide } from "./pictures.ts";

export interface PreviewContents {
  readonly options: RandAugmentOptions;
  readonly rows: readonly OperationRow[];
  /** A JPEG by operation. */
  readonly pictures: ReadonlyMap<string, Buffer>;
  /** Null where no teacher was given. */
  readonly flips: Flips | null;
  /** Which teacher and images, for the caption. */
  readonly teacher: string | null;
}

/** The share in whole percent. */
const percentOf = (count: number, of: number): string => `${Math.round((100 * count) / of)} %`;

/** White at none, red at all; the text is dark on it, in dark colours too. */
const heat = (share: number): string => `background:hsl(8 85% ${Math.round(97 - 37 * share)}%);color:#222`;

const said = (magnitude: number | null): string => (magnitude === null ? "no magnitude" : String(magnitude));

/** A cell for a magnitude: how much flips, in colour, ringed where the settings can draw it. */
function cell(tag: "td" | "div", row: OperationRow, at: number, flips: Flips | null, text: string, span = ""): string {
  const count = flips?.byOperation.get(row.name)?.[at];
  const colour = flips && count !== undefined ? ` style="${heat(count / flips.images)}"` : "";
  const told = flips && count !== undefined ? ` title="${count} of ${flips.images} predictions flip"` : "";
  const drawn = canBeDrawn(row, row.magnitudes[at]!) ? ' class="drawn"' : "";
  return `<${tag}${drawn}${colour}${told}${span}>${text}</${tag}>`;
}

function heatMap({ rows, flips, teacher }: PreviewContents): string {
  if (!flips) {
    return '<p class="note">With <code>--run</code> a trained teacher predicts a sample of images, and each magnitude shows the share of predictions that it flips.</p>';
  }
  const columns = rows.map(({ magnitudes }) => magnitudes).reduce((a, b) => (b.length > a.length ? b : a));
  const head = columns.map((magnitude) => `<th>${said(magnitude)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.magnitudes.map((_, at) => {
      const text = percentOf(flips.byOperation.get(row.name)![at]!, flips.images);
      return cell("td", row, at, flips, text, row.magnitudes[at] === null ? ` colspan="${columns.length}"` : "");
    });
    return `<tr><th><a href="#${escapeHtml(row.name)}">${escapeHtml(row.name)}</a></th>${cells.join("")}</tr>`;
  });
  return `<h2>Share of predictions that flip</h2>
${wide(`<table class="heat"><thead><tr><th>magnitude</th>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`)}
${note(
  `${teacher ?? ""} The training crop and mirroring alone flip ${percentOf(flips.byCrop, flips.images)}: where an operation ` +
    "flips much more than that, the image has lost what the teacher went by. Of " +
    `${flips.images} images a share of a half is uncertain by ${Math.round(98 / Math.sqrt(flips.images))} points either way.`,
)}`;
}

function section(row: OperationRow, { pictures, flips }: PreviewContents): string {
  const cells = row.magnitudes.map((magnitude, at) => {
    const count = flips?.byOperation.get(row.name)?.[at];
    const share = flips && count !== undefined ? `<br>${percentOf(count, flips.images)}` : "";
    return cell("div", row, at, flips, `${said(magnitude)}${share}`);
  });
  const { drawn } = row;
  const range = drawn?.range ? `, magnitudes ${drawn.range[0]} to ${drawn.range[1]}` : "";
  const settings = drawn ? `applied with probability ${drawn.probability} where drawn${range}` : "not drawn";
  const columns = `grid-template-columns:repeat(${cells.length},${pictureSide}px)`;
  const picture = `data:image/jpeg;base64,${pictures.get(row.name)!.toString("base64")}`;
  const levels = `<div class="levels" style="${columns}">${cells.join("")}</div>`;
  return `<section id="${escapeHtml(row.name)}"><h3>${escapeHtml(row.name)}</h3>${note(settings)}
${wide(`${levels}\n<img alt="${escapeHtml(row.name)} at each magnitude" src="${picture}">`)}</section>`;
}

const style = `
body { max-width: 1060px; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { margin-bottom: 0; } .note { margin: .2rem 0 .5rem; }
.heat { border-collapse: separate; border-spacing: 2px; font-size: .85rem; } .heat th, .heat td { border: 0; vertical-align: middle; } .heat td { text-align: right; padding: .2rem .5rem; white-space: nowrap; } .heat td[colspan] { text-align: center; }
.heat th { font-weight: normal; text-align: right; padding-right: .5rem; } .heat tbody th { text-align: left; }
.levels { display: grid; gap: ${pictureGap}px; padding: 0 ${pictureGap}px; width: max-content; font-size: .75rem; text-align: center; line-height: 1.3; }
.levels div { padding: .1rem 0; } .drawn { box-shadow: inset 0 0 0 2px var(--good); } img { display: block; }`;

/** Every operation at every magnitude, as one page that needs no other file. */
export function previewPage(contents: PreviewContents): string {
  const library = contents.options.library ?? "jizongfox";
  return htmlPage(
    `Fledge: RandAugment, operation by operation: ${library}`,
    style,
    `<h1>RandAugment, operation by operation: ${library}</h1>
<p>Each operation of the library at each magnitude of its scale, one row for each image. Ringed in blue is what the settings
can draw. <code>--set 'randAugment.operations={"Rotate":{"range":[0,5],"probability":0.5},"Color":{}}'</code> draws from these operations alone,
Rotate from a part of its scale.</p>
${heatMap(contents)}
<h2>Operations</h2>
${contents.rows.map((row) => section(row, contents)).join("\n")}`,
  );
}
