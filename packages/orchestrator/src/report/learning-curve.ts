import type { EpochRecord } from "@fledge/training";
import { ink, shareText } from "./chart-style.ts";
import { wholeEpochs } from "./line-chart.ts";
import { legendBelow, svgChart } from "./svg-chart.ts";

export interface Curve {
  readonly name: string;
  readonly epochs: readonly EpochRecord[];
}

/** The epoch, counted from 1, in which a model's true labels begin; undefined where it saw no others before. */
function switchEpoch(curves: readonly Curve[]): number | undefined {
  for (const { epochs } of curves) {
    const first = epochs.find(
      ({ phase }, index) => phase === "labelled" && epochs[index - 1]?.phase === "pseudo-labelled",
    );
    if (first) return first.epoch + 1;
  }
  return undefined;
}

/** Figure 3: validation accuracy by epoch, with the switch from pseudo-labels to true labels marked; an SVG document. */
export function learningCurveSvg(curves: readonly Curve[], size = { width: 860, height: 440 }): string {
  const at = switchEpoch(curves);
  const mark = {
    symbol: "none",
    lineStyle: { color: ink, opacity: 0.7, type: "dashed" as const },
    label: { formatter: "true labels from here", position: "end" as const, rotate: 0, color: ink },
    data: at === undefined ? [] : [{ xAxis: at }],
  };
  const legend = legendBelow(
    curves.map(({ name }) => name),
    size.width,
  );
  return svgChart(
    {
      legend: legend.option,
      grid: { left: 64, right: 24, top: 32, bottom: 48 + legend.height },
      xAxis: { type: "value", name: "epoch", nameLocation: "middle", nameGap: 28, minInterval: 1, ...wholeEpochs },
      yAxis: {
        type: "value",
        name: "validation accuracy",
        min: 0,
        axisLabel: { formatter: shareText },
      },
      series: curves.map(({ name, epochs }, index) => ({
        name,
        type: "line",
        symbol: "circle",
        // One epoch makes no line.
        showSymbol: epochs.length === 1,
        data: epochs.map((record) => [record.epoch + 1, record.validationAccuracy]),
        ...(index === 0 ? { markLine: mark } : {}),
      })),
    },
    size,
    `Validation accuracy by epoch of ${curves.map(({ name }) => name).join(", ")}`,
  );
}
