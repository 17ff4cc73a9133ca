import type { EpochRecord } from "@fledge/training";
import type { Curve } from "./learning-curve.ts";
import { lineChartSvg, type ChartLine } from "./line-chart.ts";

type Of = (record: EpochRecord) => number;

const line = (name: string, { epochs }: Curve, of: Of): ChartLine => ({
  name,
  points: epochs.map((record) => [record.epoch + 1, of(record)]),
});

/** Loss and accuracy of what a model trains on and of what it is validated on, by epoch; SVG documents. */
export const trainingCurves = (curve: Curve): { readonly loss: string; readonly accuracy: string } => ({
  loss: lineChartSvg(
    [line("training", curve, (one) => one.trainLoss), line("validation", curve, (one) => one.validationLoss)],
    { title: `${curve.name}: loss`, axis: "epoch" },
  ),
  accuracy: lineChartSvg(
    [line("training", curve, (one) => one.trainAccuracy), line("validation", curve, (one) => one.validationAccuracy)],
    { title: `${curve.name}: accuracy`, axis: "epoch", shares: true },
  ),
});
