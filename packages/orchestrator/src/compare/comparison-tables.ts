import type { ImagesTests } from "@fledge/study";
import { meanText, percent } from "../report/percent.ts";
import { titleOf } from "../report/tables.ts";
import type { ModelName } from "../run/records.ts";
import { pValue } from "../study/numbers.ts";
import type { Rows } from "../study/study-tables.ts";
import type { ComparedAccuracy, ComparedTask, DifferentSetting, RunComparison } from "./compare-runs.ts";

function accuracyText(accuracy: ComparedAccuracy | null): string {
  if (accuracy === null) return "N/A";
  const { mean, deviation, evaluations, interval } = accuracy;
  return `${meanText(mean, deviation, evaluations)} (${(100 * interval.low).toFixed(1)} to ${percent(interval.high)})`;
}

/** Models in rows, runs in columns; models that no run has evaluated are left out. */
export const accuracyRows = ({ runs }: RunComparison, { rows }: ComparedTask): Rows => ({
  columns: ["Model", ...runs.map(({ name }) => name)],
  rows: rows
    .filter(({ accuracies }) => accuracies.some((one) => one !== null))
    .map(({ model, accuracies }) => [titleOf(model), ...accuracies.map(accuracyText)]),
});

export const settingRows = ({ runs }: RunComparison, settings: readonly DifferentSetting[]): Rows => ({
  columns: ["Setting", ...runs.map(({ name }) => name)],
  rows: settings.map(({ key, values }) => [key, ...values]),
});

const testRow = ({
  measure,
  of,
  than,
  images,
  onlyOf,
  onlyThan,
  p,
  adjusted,
}: ImagesTests["tests"][number]): string[] => [
  titleOf(of.model as ModelName),
  measure,
  of.variant,
  than.variant,
  String(images),
  String(onlyOf),
  String(onlyThan),
  pValue(p),
  pValue(adjusted),
];

/** McNemar's tests of each run against the first. */
export const imageRows = ({ images: { tests } }: RunComparison): Rows => ({
  columns: ["Model", "Task", "Run", "than", "Images", "Only it is right", "Only the other", "p", "p (Holm)"],
  rows: tests.map(testRow),
});

/** Why runs are not compared image by image, each reason once. */
export const refusals = ({ images: { refused } }: RunComparison): string[] => [
  ...new Set(refused.map(({ of, than, reason }) => `${of.variant} and ${than.variant}: ${reason}`)),
];

export const intervalNote =
  "Mean ± standard deviation of the seeded evaluations; in brackets Wilson's 95 % interval of such a share on so many test images.";

export const testNote =
  "McNemar's exact test, two-sided, on the images that one of the two models alone has right, of the first evaluation. It says whether these two trained models differ, not whether their settings do: for that a study of more seeds is needed.";
