import type { Analysis, Attribution, Curve, ImagesTests, PairedDifference } from "@fledge/study";
import { points, pValue, share, spread } from "./numbers.ts";
import { named, type StudyContents } from "./study-contents.ts";

/** Columns and rows of text. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const range = ({ low, high }: PairedDifference["interval"], text: (value: number) => string): string =>
  Number.isFinite(low) ? `${text(low)} to ${text(high)}` : "N/A";

const percent = (level: number): string => `${Math.round(100 * level)} %`;

/** Each model's mean over the seeds. */
export const summaryRows = ({ summaries, level }: Pick<Analysis, "summaries" | "level">, measure: string): Rows => ({
  columns: ["Model", "Seeds", "Mean", "Deviation", `${percent(level)} interval`],
  rows: summaries
    .filter((summary) => summary.measure === measure)
    .map((summary) => [
      named(summary),
      String(summary.seeds),
      share(summary.mean),
      spread(summary.deviation),
      range(summary.interval, share),
    ]),
});

/** The paired differences and their tests over the seeds. */
export const differenceRows = ({ comparisons, level }: Analysis, measure: string): Rows => ({
  columns: [
    "Model",
    "than",
    "Seeds",
    "Points",
    `${percent(level)} (t)`,
    `${percent(level)} (BCa)`,
    "p",
    "p (Holm)",
    "d",
  ],
  rows: comparisons
    .filter((comparison) => comparison.measure === measure)
    .map((difference) => [
      named(difference.of),
      named(difference.than),
      String(difference.seeds),
      points(difference.mean),
      range(difference.interval, points),
      range(difference.bootstrap, points),
      pValue(difference.p),
      pValue(difference.adjusted),
      spread(difference.dz, 1),
    ]),
});

const same = (a: PairedDifference["of"], b: PairedDifference["of"]): boolean =>
  a.variant === b.variant && a.model === b.model;

/** The differences of single runs, with McNemar's test on the images where there is one. */
export const singleRows = ({ comparisons }: Analysis, { tests }: ImagesTests, measure: string): Rows => ({
  columns: ["Model", "than", "Points", "Only it is right", "Only the other", "p (McNemar)", "p (Holm)"],
  rows: comparisons
    .filter((comparison) => comparison.measure === measure)
    .map(({ of, than, mean }) => {
      const test = tests.find((one) => one.measure === measure && same(one.of, of) && same(one.than, than));
      const answers = test
        ? [String(test.onlyOf), String(test.onlyThan), pValue(test.p), pValue(test.adjusted)]
        : ["N/A", "N/A", "N/A", "N/A"];
      return [named(of), named(than), points(mean), ...answers];
    }),
});

/** McNemar's tests seed by seed. */
export const imagesRows = ({ tests }: ImagesTests, measure: string): Rows => ({
  columns: ["Model", "than", "Seed", "Images", "Only it is right", "Only the other", "p", "p (Holm)"],
  rows: tests
    .filter((test) => test.measure === measure)
    .map(({ of, than, seed, images, onlyOf, onlyThan, p, adjusted }) => [
      named(of),
      named(than),
      String(seed),
      String(images),
      String(onlyOf),
      String(onlyThan),
      pValue(p),
      pValue(adjusted),
    ]),
});

/** Which switch explains which points; the last row is the whole, to which the steps add up. */
export function attributionRows({ steps, whole }: Attribution, changes: StudyContents["changes"]): Rows {
  const row = (name: string, set: string, { mean, interval }: Attribution["whole"]): string[] => [
    name,
    set,
    points(mean),
    range(interval, points),
  ];
  return {
    columns: ["Step", "Settings", "Points", "95 % interval"],
    rows: [
      ...steps.map((step, index) =>
        row(`${step.from.variant} to ${step.to.variant}`, changes[index]!.join(", "), step),
      ),
      row(`${whole.from.variant} to ${whole.to.variant}: the whole, the sum of the steps`, "", whole),
    ],
  };
}

/** A curve's points. */
export const curveRows = ({ lines }: Curve, title: string): Rows => ({
  columns: ["Line", title, "Variant", "Seeds", "Mean", "95 % interval"],
  rows: lines.flatMap(({ name, points: own }) =>
    own.map(({ x, variant, seeds, mean, interval }) => [
      name,
      String(x),
      variant,
      String(seeds),
      share(mean),
      range(interval, share),
    ]),
  ),
});
