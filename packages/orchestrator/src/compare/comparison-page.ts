import type { EpochRecord } from "@fledge/training";
import { escapeHtml } from "../report/escape-html.ts";
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
table { font-size: .875rem; } th, td { padding: .3rem 1rem .3rem 0; overflow-wrap: anywhere; min-width: 5rem; }
figure { margin: 0; } figure svg { max-width: 100%; height: auto; }
.charts { display: flex; flex-wrap: wrap; gap: .5rem; } .charts figure { flex: 1 1 min(420px, 100%); }`;

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

/** A comparison as one page that needs no other file. */
export function comparisonPage(comparison: RunComparison): string {
  const { runs, settings, surroundings, tasks, images, unread } = comparison;
  const models = [...new Set(runs.flatMap((run) => run.models))];
  const left =
    unread.length === 0
      ? ""
      : `<h2>What could not be read</h2>\n<ul>${unread.map((problem) => `<li>${escapeHtml(problem)}</li>`).join("\n")}</ul>`;
  return htmlPage(
    `Fledge: ${runs.length} runs compared`,
    style,
    `<h1>${runs.length} runs compared</h1>
<p>${runs.map(({ name }) => escapeHtml(name)).join(", ")}</p>
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
