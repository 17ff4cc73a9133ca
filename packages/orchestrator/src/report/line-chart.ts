import type { EpochRecord } from "@fledge/training";
import { shareText } from "./chart-style.ts";
import { legendBelow, svgChart, type ChartSize } from "./svg-chart.ts";

/** A line by its points; those that are no number leave a gap. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** As the chart's other lines of this number have it; by its place where absent. */
  readonly colour?: string;
}

/** What each epoch comes to, at its number from 1, where it ends; epochs that it says nothing of are left out. */
export const epochLine = (
  name: string,
  epochs: readonly EpochRecord[],
  of: (record: EpochRecord) => number | undefined,
): ChartLine => ({
  name,
  points: epochs.flatMap((record) => {
    const value = of(record);
    return value === undefined ? [] : [[record.epoch + 1, value] as const];
  }),
});

export interface LineChartOptions {
  readonly title: string;
  /** What the horizontal axis counts. */
  readonly axis: string;
  /** Values are shares of 1, shown in per cent from 0. */
  readonly shares?: boolean;
  readonly size?: ChartSize;
}

const numberText = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : String(Number(value.toPrecision(4)));

/** An axis from the first epoch that ends at a whole one, also where one is under way or there is a single one. */
export const wholeEpochs = {
  min: "dataMin",
  max: ({ min, max }: { readonly min: number; readonly max: number }): number => Math.max(Math.ceil(max), min + 1),
};

/** Lines over epochs or steps; an SVG document. */
export function lineChartSvg(
  lines: readonly ChartLine[],
  { title, axis, shares = false, size = { width: 400, height: 270 } }: LineChartOptions,
): string {
  const legend = legendBelow(
    lines.map(({ name }) => name),
    size.width,
  );
  return svgChart(
    {
      title: { text: title, left: 8, top: 4, textStyle: { fontSize: 13 } },
      legend: legend.option,
      grid: { left: 56, right: 20, top: 40, bottom: 46 + legend.height },
      xAxis: { type: "value", name: axis, nameLocation: "middle", nameGap: 26, minInterval: 1, ...wholeEpochs },
      yAxis: shares
        ? { type: "value", min: 0, axisLabel: { formatter: shareText } }
        : { type: "value", scale: true, axisLabel: { formatter: numberText } },
      series: lines.map(({ name, points, dashed, colour }) => ({
        name,
        type: "line",
        symbol: "circle",
        symbolSize: 5,
        // One point makes no line.
        showSymbol: points.length === 1,
        lineStyle: { width: 1.8, ...(dashed && { type: "dashed" }), ...(colour !== undefined && { color: colour }) },
        ...(colour !== undefined && { itemStyle: { color: colour } }),
        data: points.map(([x, y]) => [x, Number.isFinite(y) ? y : null]),
      })),
    },
    size,
    `${title}, by ${axis}`,
  );
}
