import type { EpochRecord } from "@fledge/training";
import type { Curve } from "./learning-curve.ts";
import { shareText } from "./chart-style.ts";
import { epochLine, wholeEpochs } from "./line-chart.ts";
import { legendBelow, svgChart } from "./svg-chart.ts";

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
  const series = taught.flatMap(({ name, epochs }) =>
    measures
      .filter(([, of]) => epochs.some((record) => of(record) !== undefined))
      .map(([measure, of]) => {
        const { points } = epochLine(`${name}: ${measure}`, epochs, of);
        return {
          name: `${name}: ${measure}`,
          type: "line",
          symbol: "circle",
          // One epoch makes no line.
          showSymbol: points.length === 1,
          data: points,
        };
      }),
  );
  const legend = legendBelow(
    series.map(({ name }) => name),
    size.width,
  );
  return svgChart(
    {
      legend: legend.option,
      grid: { left: 64, right: 24, top: 32, bottom: 48 + legend.height },
      xAxis: { type: "value", name: "epoch", nameLocation: "middle", nameGap: 28, minInterval: 1, ...wholeEpochs },
      yAxis: {
        type: "value",
        name: "of the pseudo-labels",
        min: 0,
        max: 1,
        axisLabel: { formatter: shareText },
      },
      series,
    },
    size,
    "Pseudo-labels by epoch: the share that counts, and the share that is right",
  );
}
