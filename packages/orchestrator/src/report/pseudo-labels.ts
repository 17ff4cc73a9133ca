import type { Config } from "../config/schema.ts";
import { csv } from "./csv-cell.ts";
import type { ChosenRow, PseudoLabelRow } from "./pseudo-label-rows.ts";
import { svgChart } from "./svg-chart.ts";

/** How many images have a confidence from `from` to below `to`; the last bin holds 1 too. */
export interface ConfidenceBin {
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** Of them, those whose label is the data set's own; null where nobody tells the images' classes. */
  readonly agreeing: number | null;
}

/** Whether anybody tells the images' classes. */
const areTold = (rows: readonly PseudoLabelRow[]): boolean => rows.some(({ own }) => own !== null);

/** Twentieths, in whole numbers: 0.15 / 0.05 is below 3. */
const bins = 20;
const binOf = ({ confidence }: PseudoLabelRow): number =>
  Math.min(Math.floor((Math.round(confidence * 10000) * bins) / 10000), bins - 1);

/** The histogram of how sure the teacher is of its labels. */
export function confidenceBins(rows: readonly PseudoLabelRow[]): ConfidenceBin[] {
  const told = areTold(rows);
  return Array.from({ length: bins }, (_, bin) => {
    const inside = rows.filter((row) => binOf(row) === bin);
    const agreeing = told ? inside.filter(({ label, own }) => label === own).length : null;
    return { from: bin / bins, to: (bin + 1) / bins, images: inside.length, agreeing };
  });
}

/** What became of a class. */
export interface ClassCounts {
  readonly name: string;
  /**
   * Images of the class by the data set's own labels, and by the teacher's; and those for which both say so. Null where
   * nobody tells the images' classes.
   */
  readonly own: number | null;
  readonly labelled: number;
  readonly agreeing: number | null;
  /** Of the teacher's, those of which it is sure enough; null where all count, or the file does not tell. */
  readonly kept: number | null;
  /** Images chosen for training, and how often they are taken in all; null where all are. */
  readonly chosen: number | null;
  readonly copies: number | null;
}

/** The threshold of each class in order; null where there is none, or the confidences are of another temperature. */
function thresholdsOf({ pseudoLabels }: Config, classes: number): readonly number[] | null {
  const { threshold, temperature, made } = pseudoLabels;
  if (threshold === null || (made !== "generation" && temperature !== 1)) return null;
  if (typeof threshold === "number") return Array.from({ length: classes }, () => threshold);
  return threshold.length === classes ? threshold : null;
}

/** What became of each class, in order of their names. @param chosen null where all images are trained on */
export function classCounts(
  rows: readonly PseudoLabelRow[],
  chosen: readonly ChosenRow[] | null,
  config: Config,
): ClassCounts[] {
  const told = areTold(rows);
  const names = [...new Set(rows.flatMap(({ label, own }) => (own === null ? [label] : [label, own])))].sort();
  const thresholds = thresholdsOf(config, names.length);
  return names.map((name, index) => {
    const labelled = rows.filter(({ label }) => label === name);
    const taken = chosen?.filter(({ label }) => label === name) ?? null;
    return {
      name,
      own: told ? rows.filter(({ own }) => own === name).length : null,
      labelled: labelled.length,
      agreeing: told ? labelled.filter(({ own }) => own === name).length : null,
      kept: thresholds && labelled.filter(({ confidence }) => confidence >= thresholds[index]!).length,
      chosen: taken && taken.length,
      copies: taken && taken.reduce((sum, { copies }) => sum + copies, 0),
    };
  });
}

export const confidencesCsv = (histogram: readonly ConfidenceBin[]): string =>
  csv(
    "from,to,images,as_the_data_set",
    histogram.map(({ from, to, images, agreeing }) => [from.toFixed(2), to.toFixed(2), images, agreeing ?? ""]),
  );

export const classCountsCsv = (counts: readonly ClassCounts[]): string =>
  csv(
    "class,own,labelled,as_the_data_set,kept,chosen,copies",
    counts.map(({ name, own, labelled, agreeing, kept, chosen, copies }) => {
      return [name, own ?? "", labelled, agreeing ?? "", kept ?? "", chosen ?? "", copies ?? ""];
    }),
  );

function seriesOf(histogram: readonly ConfidenceBin[]): [name: string, data: number[]][] {
  const agreeing = histogram.flatMap((bin) => (bin.agreeing === null ? [] : [bin.agreeing]));
  if (agreeing.length < histogram.length) return [["labels", histogram.map(({ images }) => images)]];
  return [
    ["as the data set says", agreeing],
    ["otherwise", histogram.map(({ images }, index) => images - agreeing[index]!)],
  ];
}

/**
 * The histogram as an SVG document: how many labels of each confidence are the data set's own, and how many are not; or
 * where that is not known, how many there are.
 */
export function confidencesSvg(histogram: readonly ConfidenceBin[], size = { width: 860, height: 300 }): string {
  return svgChart(
    {
      legend: { bottom: 0, itemGap: 40 },
      grid: { left: 64, right: 24, top: 24, bottom: 72 },
      xAxis: {
        type: "category",
        name: "probability of the label",
        nameLocation: "middle",
        nameGap: 28,
        data: histogram.map(({ from }) => from.toFixed(2)),
      },
      yAxis: { type: "value", name: "images", minInterval: 1 },
      series: seriesOf(histogram).map(([name, data]) => ({
        name,
        type: "bar",
        stack: "images",
        barCategoryGap: "5%",
        data,
      })),
    },
    size,
    "How many pseudo-labels have each probability",
  );
}
