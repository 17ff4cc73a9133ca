import type { EpochRecord } from "@fledge/training";
import type { Curve } from "./learning-curve.ts";
import { shareText } from "./chart-style.ts";
import { svgChart } from "./svg-chart.ts";

const measures: readonly (readonly [name: string, of: (record: EpochRecord) => number | undefined])[] = [
  ["share that counts", ({ keptShare }) => keptShare],
  ["as the data set says", ({ pseudoLabelAccuracy }) => pseudoLabelAccuracy],
];

/**
 * By epoch, of the unlabelled images that a model trained on: the share that counted under a threshold, and the share
 * whose labels are the data set's own, those that did not count among them, where it tells the images' classes; an SVG document. Null where no threshold left any out.
 */
export function labelCurveSvg(curves: readonly Curve[], size = { width: 860, height: 320 }): string | null {
  const taught = curves.filter(({ epochs }) => epochs.some(({ keptShare }) => keptShare !== undefined));
  if (taught.length === 0) return null;
  return svgChart(
    {
      legend: { bottom: 0 },
      grid: { left: 64, right: 24, top: 32, bottom: 72 },
      xAxis: { type: "value", name: "epoch", nameLocation: "middle", nameGap: 28, minInterval: 1 },
      yAxis: {
        type: "value",
        name: "of the pseudo-labels",
        min: 0,
        max: 1,
        axisLabel: { formatter: shareText },
      },
      series: taught.flatMap(({ name, epochs }) =>
        measures
          .filter(([, of]) => epochs.some((record) => of(record) !== undefined))
          .map(([measure, of]) => ({
            name: `${name}: ${measure}`,
            type: "line",
            symbol: "circle",
            // One epoch makes no line.
            showSymbol: epochs.length === 1,
            data: epochs.flatMap((record) => {
              const value = of(record);
              return value === undefined ? [] : [[record.epoch + 1, value]];
            }),
          })),
      ),
    },
    size,
    "Pseudo-labels by epoch: the share that counts, and the share that is right",
  );
}
