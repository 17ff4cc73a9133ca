import type { EpochRecord } from "@fledge/training";
import { breakable, escapeHtml } from "../report/escape-html.ts";
import { colours } from "../report/chart-style.ts";
import { epochLine, lineChartSvg } from "../report/line-chart.ts";
import { htmlPage } from "../report/html-page.ts";
import { note } from "../report/note.ts";
import { titleOf } from "../report/tables.ts";
import { htmlTable } from "../report/text-table.ts";
import type { ModelName } from "../run/records.ts";
import { measureOf } from "../study/evaluations.ts";
import type { Rows } from "../study/study-tables.ts";
import type { RunComparison } from "./compare-runs.ts";
import { accuracyRows, imageRows, intervalNote, refusals, settingRows, testNote } from "./comparison-tables.ts";

const style = `
body { max-width: 1100px; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { font-size: .875rem; } th, td { padding: .3rem 1rem .3rem 0; min-width: 5rem; }`;

const table = ({ columns, rows }: Rows, none: string): string =>
  rows.length === 0 ? `<p>${escapeHtml(none)}</p>` : htmlTable(columns, rows);

interface Measure {
  readonly title: string;
  readonly of: (record: EpochRecord) => number;
  readonly shares: boolean;
}

const measures: readonly Measure[] = [
  { title: "validation accuracy", of: (record) => record.validationAccuracy, shares: true },
  { title: "training accuracy", of: (record) => record.trainAccuracy, shares: true },
  { title: "validation loss", of: (record) => record.validationLoss, shares: false },
  { title: "training loss", of: (record) => record.trainLoss, shares: false },
];

function charts({ runs }: RunComparison, model: ModelName): string {
  const curves = runs.flatMap(({ name, curves: own }, index) => {
    const epochs = own.get(model)?.epochs ?? [];
    // A run has one colour in all charts, also in those of models that an earlier run has not.
    return epochs.length === 0 ? [] : [{ name, epochs, colour: colours[index % colours.length]! }];
  });
  if (curves.length === 0) return "";
  const figures = measures.map(({ title, of, shares }) => {
    const lines = curves.map(({ name, epochs, colour }) => ({ ...epochLine(name, epochs, of), colour }));
    return `<figure>${lineChartSvg(lines, { title: `${titleOf(model)}: ${title}`, axis: "epoch", shares })}</figure>`;
  });
  return `<div class="charts">${figures.join("\n")}</div>`;
}

/** The runs without the folder that they share, which would fill every table's head. */
function shortened(comparison: RunComparison): RunComparison {
  const folders = comparison.runs.map(({ name }) => name.split("/").slice(0, -1));
  const [first = [], ...others] = folders;
  let shared = first.findIndex((part, index) => others.some((one) => one[index] !== part));
  if (shared === -1) shared = first.length;
  const short = (name: string): string => name.split("/").slice(shared).join("/");
  const model = <T extends { readonly variant: string }>(one: T): T => ({ ...one, variant: short(one.variant) });
  const pair = <T extends { readonly of: { variant: string }; readonly than: { variant: string } }>(one: T): T => ({
    ...one,
    of: model(one.of),
    than: model(one.than),
  });
  const { tests, refused } = comparison.images;
  return {
    ...comparison,
    runs: comparison.runs.map((run) => ({ ...run, name: short(run.name) })),
    images: { ...comparison.images, tests: tests.map(pair), refused: refused.map(pair) },
  };
}

/** A comparison as one page that needs no other file. */
export function comparisonPage(whole: RunComparison): string {
  const comparison = shortened(whole);
  const { runs, settings, surroundings, tasks, images, unread } = comparison;
  const models = [...new Set(runs.flatMap((run) => run.models))];
  const left =
    unread.length === 0
      ? ""
      : `<h2>What could not be read</h2>\n<ul class="unread">${unread.map((problem) => `<li>${escapeHtml(problem)}</li>`).join("\n")}</ul>`;
  return htmlPage(
    `Fledge: ${runs.length} runs compared`,
    style,
    `<h1>${runs.length} runs compared</h1>
<p>${whole.runs.map(({ name }) => breakable(name)).join(", ")}</p>
${left}
<h2>Settings that differ</h2>
${table(settingRows(comparison, settings), "None.")}
${tasks.map((task) => `<h2>${escapeHtml(measureOf(task.task).title)}</h2>\n${table(accuracyRows(comparison, task), "Not evaluated yet.")}`).join("\n")}
${note(intervalNote)}
<h2>Image by image</h2>
${table(imageRows(comparison), "No two of these runs can be compared.")}
${refusals(comparison)
  .map((reason) => note(`Not compared image by image: ${reason}.`))
  .join("\n")}
${images.tests.length === 0 ? "" : note(testNote)}
<h2>Training curves</h2>
${models.map((model) => charts(comparison, model)).join("\n")}
<h2>Where they ran</h2>
${table(settingRows(comparison, surroundings), "All with the same commit, adapter and driver.")}`,
  );
}
