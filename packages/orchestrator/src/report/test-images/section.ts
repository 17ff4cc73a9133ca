import { wilsonInterval } from "@fledge/statistics";
import type { Answer } from "../../run/answers-file.ts";
import type { ModelName } from "../../run/records.ts";
import { csv } from "../csv-cell.ts";
import { breakable, escapeHtml } from "../escape-html.ts";
import { percent } from "../percent.ts";
import { titleOf } from "../tables.ts";
import { htmlTable } from "../text-table.ts";
import { wide } from "../wide.ts";
import { galleriesOf, summaryOf, type AnswersSummary, type ConfusedPair } from "./answers.ts";
import { confusionSvg } from "./confusion-figure.ts";
import type { ThumbnailOf } from "./thumbnails.ts";

/** What a model said of the test images on the target task. */
export interface ModelAnswers {
  readonly model: ModelName;
  /** Undefined where the run does not hold it: an earlier version evaluated the model. */
  readonly answers: readonly Answer[] | undefined;
}

/** What the report tells of single test images: a part of the page, and files beside it. */
export interface TestImagesSection {
  readonly html: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Images of each gallery, pairs, and images of each pair. */
const [mostShown, mostPairs, mostOfPair] = [8, 5, 3] as const;

/** Up to so many classes their table stands open. */
const mostOpen = 30;

async function picture(image: string, caption: string, wrong: boolean, thumbnailOf: ThumbnailOf): Promise<string> {
  const address = await thumbnailOf(image);
  const shown = address === null ? "" : `<img alt="${escapeHtml(image)}" src="${address}">`;
  const text = `<figcaption${wrong ? ' class="wrong"' : ""}>${breakable(caption)}</figcaption>`;
  return `<figure title="${escapeHtml(image)}">${shown}${text}</figure>`;
}

const row = (pictures: readonly string[]): string => `<div class="gallery">${pictures.join("\n")}</div>`;

async function gallery(title: string, answers: readonly Answer[], thumbnailOf: ThumbnailOf): Promise<string> {
  if (answers.length === 0) return "";
  const pictures = answers.map(({ image, own, predicted, confidence }) => {
    const taken = own === predicted ? "" : `, taken for ${predicted}`;
    const caption = `${own}${taken}, ${percent(confidence)}`;
    return picture(image, caption, own !== predicted, thumbnailOf);
  });
  return `<h3>${title}</h3>\n${row(await Promise.all(pictures))}`;
}

/** An image of a class that the model has right, or any. */
const imageOf = (name: string, answers: readonly Answer[]): string | undefined =>
  (answers.find(({ own, predicted }) => own === name && predicted === name) ?? answers.find(({ own }) => own === name))
    ?.image;

async function confusedPairs(
  pairs: readonly ConfusedPair[],
  answers: readonly Answer[],
  thumbnailOf: ThumbnailOf,
): Promise<string> {
  if (pairs.length === 0) return "<p>It has every image right.</p>";
  const shown = pairs.slice(0, mostPairs).map(async ({ own, taken, times, images }) => {
    const other = imageOf(taken, answers);
    const pictures = [
      ...images.slice(0, mostOfPair).map((image) => picture(image, own, true, thumbnailOf)),
      ...(other === undefined ? [] : [picture(other, taken, false, thumbnailOf)]),
    ];
    const count = `${times} ${times === 1 ? "time" : "times"}`;
    return `<p>${escapeHtml(own)} taken for ${escapeHtml(taken)}: ${count}</p>\n${row(await Promise.all(pictures))}`;
  });
  return `<h3>Most confused</h3>\n${(await Promise.all(shown)).join("\n")}`;
}

async function modelHtml(
  { model, answers }: { readonly model: ModelName; readonly answers: readonly Answer[] },
  summary: AnswersSummary,
  svg: string,
  open: boolean,
  thumbnailOf: ThumbnailOf,
): Promise<string> {
  const { right, images, evaluations, pairs } = summary;
  const { low, high } = wilsonInterval(right, images);
  const { right: sure, wrong, uncertain } = galleriesOf(answers, mostShown);
  const looks =
    evaluations === 1 ? "" : ` The matrix counts all ${evaluations} evaluations, the pictures are of the first.`;
  return `<details${open ? " open" : ""}><summary>${escapeHtml(titleOf(model))}: ${right} of ${images} images right, ${percent(right / images)} (95 % interval ${percent(low)} to ${percent(high)})</summary>
${wide(svg, "matrix")}
<p class="note">A row for each class of the images, a column for what they were taken for: blue on the diagonal is right, orange is wrong, the fuller the larger the share of the row.${looks}</p>
${await confusedPairs(pairs, answers, thumbnailOf)}
${await gallery("Right, the surest", sure, thumbnailOf)}
${await gallery("Wrong, the surest", wrong, thumbnailOf)}
${await gallery("The least sure", uncertain, thumbnailOf)}
</details>`;
}

type Summaries = readonly (readonly [ModelName, AnswersSummary])[];

/** Every class that any model's images have, with each model's accuracy on it. */
function classRows(summaries: Summaries): { name: string; images: number; shares: (number | null)[] }[] {
  const names = [...new Set(summaries.flatMap(([, { classes }]) => classes))].sort();
  return names.map((name) => {
    const cells = summaries.map(([, { classes, support, perClassAccuracy, evaluations }]) => {
      const label = classes.indexOf(name);
      const looks = support[label] ?? 0;
      return { images: looks / evaluations, share: looks === 0 ? null : perClassAccuracy[label]! };
    });
    return { name, images: Math.max(...cells.map(({ images }) => images)), shares: cells.map(({ share }) => share) };
  });
}

function classesHtml(summaries: Summaries): string {
  const rows = classRows(summaries).filter(({ images }) => images > 0);
  const table = htmlTable(
    ["Class", "Images", ...summaries.map(([model]) => titleOf(model))],
    rows.map(({ name, images, shares }) => [name, String(images), ...shares.map(percent)]),
  );
  return `<h3>Accuracy by class</h3>
<details${rows.length <= mostOpen ? " open" : ""}><summary>${rows.length} classes</summary>${table}</details>`;
}

/** A row for each class that images have: how many, and the share that each model has right. */
function classesCsv(summaries: Summaries): string {
  const head = ["class", "images", ...summaries.map(([model]) => model)].join(",");
  const rows = classRows(summaries).map(({ name, images, shares }) => [
    name,
    images,
    ...shares.map((share) => (share === null ? "" : share.toFixed(4))),
  ]);
  return csv(head, rows);
}

/** A row for each class of the images and class that they were taken for, with how often. */
function confusionCsv({ classes, matrix }: AnswersSummary): string {
  const rows = Array.from(matrix.keys()).flatMap((at) => {
    const [own, taken] = [classes[Math.floor(at / classes.length)]!, classes[at % classes.length]!];
    return matrix[at] === 0 ? [] : [[own, taken, matrix[at]!]];
  });
  return csv("own_class,taken_for,times", rows);
}

function lacking(models: readonly ModelName[]): string {
  if (models.length === 0) return "";
  const names = models.map(titleOf).join(", ");
  return `<p class="note">${escapeHtml(names)}: evaluated by an earlier version of Fledge, which kept no answers for single images. Take their entries out of results.json and go on with the run to have them.</p>`;
}

/** Confusion matrix, most-confused pairs, accuracy by class and galleries of the evaluated models. @param models those that are evaluated */
export async function testImagesSection(
  models: readonly ModelAnswers[],
  thumbnailOf: ThumbnailOf,
): Promise<TestImagesSection> {
  if (models.length === 0) return { html: "", files: {} };
  const known = models.flatMap(({ model, answers }) => (answers?.length ? [{ model, answers }] : []));
  const without = models.flatMap(({ model, answers }) => (answers?.length ? [] : [model]));
  const summaries = known.map(({ model, answers }) => [model, summaryOf(answers)] as const);
  const files: Record<string, string> = {};
  const parts: string[] = [];
  for (const [index, [model, summary]] of summaries.entries()) {
    const svg = confusionSvg(summary, titleOf(model));
    files[`confusion-${model}.svg`] = svg;
    files[`confusion-${model}.csv`] = confusionCsv(summary);
    parts.push(await modelHtml(known[index]!, summary, svg, index === 0, thumbnailOf));
  }
  if (summaries.length > 0) files["classes.csv"] = classesCsv(summaries);
  return {
    html: `<h2>What the models say of the test images</h2>
${parts.join("\n")}
${lacking(without)}
${summaries.length === 0 ? "" : classesHtml(summaries)}
`,
    files,
  };
}
