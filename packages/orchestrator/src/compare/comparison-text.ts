import { textTable } from "../cli/text-table.ts";
import { titleOf } from "../report/tables.ts";
import { percent } from "../report/percent.ts";
import { measureOf } from "../study/evaluations.ts";
import type { Rows } from "../study/study-tables.ts";
import type { ComparedRun, RunComparison } from "./compare-runs.ts";
import { accuracyRows, imageRows, intervalNote, refusals, settingRows, testNote } from "./comparison-tables.ts";

const widestCell = 60;

const section = (title: string, { columns, rows }: Rows, none: string): string[] =>
  rows.length === 0
    ? [title, `  ${none}`, ""]
    : [title, ...textTable([columns, ...rows], widestCell).map((line) => `  ${line}`), ""];

const blocks = "▁▂▃▄▅▆▇█";

/** Shares of 1 as a line of blocks, from none to `most`; what is longer than `widest` is thinned out. */
export function sparkline(values: readonly number[], most: number, widest = 48): string {
  const step = Math.max(1, values.length / widest);
  const shown = Array.from({ length: Math.min(values.length, widest) }, (_, at) => values[Math.floor(at * step)]!);
  return shown
    .map((value) => {
      const level = Math.floor((value / most) * blocks.length);
      return Number.isFinite(value) ? blocks[Math.max(0, Math.min(blocks.length - 1, level))] : "?";
    })
    .join("");
}

/** The validation accuracy of a model by epoch, a line for each run. */
function curveLines(runs: readonly ComparedRun[], model: ComparedRun["models"][number]): string[] {
  const all = runs.flatMap(({ name, curves }) => {
    const epochs = curves.get(model)?.epochs ?? [];
    return epochs.length === 0 ? [] : [{ name, values: epochs.map((record) => record.validationAccuracy) }];
  });
  const most = Math.max(...all.flatMap(({ values }) => values).filter(Number.isFinite));
  if (all.length === 0 || !(most > 0)) return [];
  const rows = all.map(({ name, values }) => [
    name,
    sparkline(values, most),
    `${percent(values.at(-1)!)} after ${values.length} epochs`,
  ]);
  return [`Validation accuracy by epoch, ${titleOf(model)}`, ...textTable(rows).map((line) => `  ${line}`), ""];
}

/** A comparison as text for a console. */
export function comparisonText(comparison: RunComparison): string {
  const { runs, settings, surroundings, tasks, unread } = comparison;
  const models = [...new Set(runs.flatMap((run) => run.models))];
  const lines = [
    ...section("Settings that differ", settingRows(comparison, settings), "none"),
    ...tasks.flatMap((task) =>
      section(measureOf(task.task).title, accuracyRows(comparison, task), "not evaluated yet"),
    ),
    intervalNote,
    "",
    ...section("Image by image", imageRows(comparison), "no two of these runs can be compared"),
    ...refusals(comparison).map((reason) => `Not compared image by image: ${reason}`),
    ...(comparison.images.tests.length > 0 ? [testNote] : []),
    "",
    ...models.flatMap((model) => curveLines(runs, model)),
    ...section("Where they ran", settingRows(comparison, surroundings), "the same commit, adapter and driver"),
    ...unread.map((problem) => `Left out: ${problem}`),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** A comparison as JSON: numbers as they are, settings as text. */
export function comparisonJson({ runs, ...others }: RunComparison): string {
  const shown = runs.map(({ name, environment, models, curves }) => ({
    name,
    environment,
    models,
    curves: Object.fromEntries([...curves].map(([model, { epochs }]) => [model, epochs])),
  }));
  return `${JSON.stringify({ runs: shown, ...others }, null, 2)}\n`;
}
