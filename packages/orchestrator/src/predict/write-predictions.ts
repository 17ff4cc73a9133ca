import { encodeThumbnail, printable } from "@fledge/data";
import { classLabel } from "../model-files/class-names.ts";
import { csvCell } from "../report/csv-cell.ts";
import { breakable, escapeHtml } from "../report/escape-html.ts";
import { htmlPage } from "../report/html-page.ts";
import { percent } from "../report/percent.ts";
import type { Predicted, Predictions } from "./predict-images.ts";

/** What was predicted, by which model, and what its classes are called. */
export interface PredictionReport extends Predictions {
  readonly model: string;
  readonly classes: readonly string[] | null;
}

/** A row for each image and class: `image,rank,class,name,probability`. */
export function predictionsCsv({ images, classes }: PredictionReport): string {
  const rows = images.flatMap(({ file, top }) =>
    top.map(({ label, probability }, rank) =>
      [csvCell(file), rank + 1, label, csvCell(classLabel(classes, label)), probability.toFixed(6)].join(","),
    ),
  );
  return `${["image,rank,class,name,probability", ...rows].join("\n")}\n`;
}

export function predictionsJson({ model, images, setAside, classes }: PredictionReport): string {
  const named = images.map(({ file, top }) => ({
    image: file,
    top: top.map(({ label, probability }) => ({ class: label, name: classes?.[label] ?? null, probability })),
  }));
  return `${JSON.stringify({ model, images: named, setAside }, null, 1)}\n`;
}

/** Rows for the console: the image, then a class and its probability in each column. */
export const predictionRows = ({ images, classes }: PredictionReport): string[][] =>
  images.map(({ file, top }) => [
    printable(file),
    ...top.map(({ label, probability }) => `${printable(classLabel(classes, label))} ${percent(probability)}`),
  ]);

const thumbnailSide = 160;

/** Beyond this many images the page would no longer open well. */
const mostShown = 1000;

const style = `
body { max-width: 70rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 6px; padding: .6rem; }
figure div { height: ${thumbnailSide}px; display: flex; align-items: center; justify-content: center; } img { width: 100%; height: 100%; object-fit: contain; }
figcaption { overflow-wrap: anywhere; } table { width: 100%; color: var(--ink); margin: .3rem 0; }
td { border: 0; padding: .1rem 0; overflow-wrap: anywhere; } td:last-child { text-align: right; white-space: nowrap; padding-left: .6rem; } tr:first-child { font-weight: 600; }`;

/** An image beside what the model says of it. */
async function figure({ file, top }: Predicted, classes: readonly string[] | null): Promise<string> {
  const jpeg = await encodeThumbnail(file, thumbnailSide);
  const rows = top.map(({ label, probability }) => {
    const name = escapeHtml(printable(classLabel(classes, label)));
    return `<tr><td>${name}</td><td>${percent(probability)}</td></tr>`;
  });
  const picture = `<div><img alt="${escapeHtml(printable(file))}" src="data:image/jpeg;base64,${jpeg.toString("base64")}"></div>`;
  return `<figure>${picture}<table>${rows.join("")}</table><figcaption>${breakable(printable(file))}</figcaption></figure>`;
}

/** One self-contained page with every image and its classes. */
export async function predictionsPage({ model, images, setAside, classes }: PredictionReport): Promise<string> {
  const figures: string[] = [];
  for (const one of images.slice(0, mostShown)) figures.push(await figure(one, classes));
  const left = images.length - figures.length;
  const more = left > 0 ? `<p>${left} more images are left out; --json and --csv have them all.</p>\n` : "";
  const broken = setAside.map(({ reason }) => `<li>${escapeHtml(printable(reason))}</li>`).join("\n");
  const unread = broken === "" ? "" : `<h2>Files that were set aside</h2>\n<ul>${broken}</ul>\n`;
  return htmlPage(
    "Fledge: predictions",
    style,
    `<h1>Predictions</h1>
<p>${images.length} images, by ${escapeHtml(printable(model))}. The share is the model's own probability of the class.</p>
<div class="images">
${figures.join("\n")}
</div>
${more}${unread}`,
  );
}
