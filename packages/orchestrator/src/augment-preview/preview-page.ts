import type { RandAugmentOptions } from "@fledge/data";
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

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The share in whole percent. */
const percentOf = (count: number, of: number): string => `${Math.round((100 * count) / of)} %`;

/** White at none, red at all; the text stays dark on it. */
const heat = (share: number): string => `hsl(8 85% ${Math.round(97 - 37 * share)}%)`;

const said = (magnitude: number | null): string => (magnitude === null ? "no magnitude" : String(magnitude));

/** A cell for a magnitude: how much flips, in colour, ringed where the settings can draw it. */
function cell(tag: "td" | "div", row: OperationRow, at: number, flips: Flips | null, text: string, span = ""): string {
  const count = flips?.byOperation.get(row.name)?.[at];
  const colour = flips && count !== undefined ? ` style="background:${heat(count / flips.images)}"` : "";
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
    return `<tr><th><a href="#${escape(row.name)}">${escape(row.name)}</a></th>${cells.join("")}</tr>`;
  });
  return `<h2>Share of predictions that flip</h2>
<div class="wide" tabindex="0"><table class="heat"><thead><tr><th>magnitude</th>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>
<p class="note">${escape(teacher ?? "")} The training crop and mirroring alone flip ${percentOf(flips.byCrop, flips.images)}: where an operation
flips much more than that, the image has lost what the teacher went by. Of
${flips.images} images a share of a half is uncertain by ${Math.round(98 / Math.sqrt(flips.images))} points either way.</p>`;
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
  return `<section id="${escape(row.name)}"><h3>${escape(row.name)}</h3><p class="note">${escape(settings)}</p>
<div class="wide" tabindex="0"><div class="levels" style="${columns}">${cells.join("")}</div>
<img alt="${escape(row.name)} at each magnitude" src="data:image/jpeg;base64,${pictures.get(row.name)!.toString("base64")}"></div></section>`;
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; color: #222; margin: 2rem auto; padding: 0 1rem; max-width: 1060px; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { margin: 1.5rem 0 0; }
.note { color: #555; font-size: .9rem; margin: .2rem 0 .5rem; } .wide { overflow-x: auto; }
.heat { border-collapse: separate; border-spacing: 2px; font-size: .85rem; } .heat td { text-align: right; padding: .2rem .5rem; } .heat td[colspan] { text-align: center; }
.heat th { font-weight: normal; text-align: right; padding-right: .5rem; } .heat tbody th { text-align: left; }
.levels { display: grid; gap: ${pictureGap}px; padding: 0 ${pictureGap}px; width: max-content; font-size: .85rem; text-align: center; line-height: 1.3; }
.levels div { padding: .1rem 0; } .drawn { box-shadow: inset 0 0 0 2px #2c5f8a; } img { display: block; }`;

/** Every operation at every magnitude, as one page that needs no other file. */
export function previewPage(contents: PreviewContents): string {
  const library = contents.options.library ?? "jizongfox";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>RandAugment, operation by operation: ${library}</title><style>${style}</style></head><body>
<h1>RandAugment, operation by operation: ${library}</h1>
<p>Each operation of the library at each magnitude of its scale, one row for each image. Ringed in blue is what the settings
can draw. <code>--set 'randAugment.operations={"Rotate":{"range":[0,5],"probability":0.5},"Color":{}}'</code> draws from these operations alone,
Rotate from a part of its scale.</p>
${heatMap(contents)}
<h2>Operations</h2>
${contents.rows.map((row) => section(row, contents)).join("\n")}
</body></html>
`;
}
