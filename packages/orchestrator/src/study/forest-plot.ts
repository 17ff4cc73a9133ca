import type { Interval } from "@fledge/statistics";
import { svgChart, textWidth } from "../report/svg-chart.ts";
import { colours, ink, type Coordinates } from "../report/chart-style.ts";

export interface ForestRow {
  readonly name: string;
  readonly mean: number;
  readonly interval: Interval;
  /** Drawn full; hollow where the difference may be none. */
  readonly significant: boolean;
}

const [colour] = colours;

/** A point with its interval, clipped to the plot where it is unbounded. */
function mark(api: Coordinates, least: number, most: number): unknown {
  const [row, mean, low, high, full] = [0, 1, 2, 3, 4].map((dimension) => api.value(dimension)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [x, y] = api.coord([mean, row]);
  const [left] = api.coord([Math.max(low, least), row]);
  const [right] = api.coord([Math.min(high, most), row]);
  const stroke = { stroke: colour, lineWidth: 2 };
  const line = (x1: number, x2: number): unknown => ({ type: "line", shape: { x1, y1: y, x2, y2: y }, style: stroke });
  return {
    type: "group",
    children: [
      // In two halves: a hollow point shows what is below it.
      ...(left < x - 5 ? [line(left, x - 5)] : []),
      ...(right > x + 5 ? [line(x + 5, right)] : []),
      { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { ...stroke, fill: full ? colour : "none" } },
    ],
  };
}

/** Differences in percentage points with their intervals, a row each, and a line at none; an SVG document, empty without rows. */
export function forestSvg(rows: readonly ForestRow[]): string {
  if (rows.length === 0) return "";
  const inPoints = rows.map(({ mean, interval }) => [100 * mean, 100 * interval.low, 100 * interval.high] as const);
  const bounds = inPoints.flat().filter(Number.isFinite);
  const margin = 1 + 0.1 * (Math.max(...bounds, 0) - Math.min(...bounds, 0));
  const [least, most] = [Math.floor(Math.min(...bounds, 0) - margin), Math.ceil(Math.max(...bounds, 0) + margin)];
  const names = rows.map(({ name }) => name.replace(" − ", "\n− "));
  const lines = names.flatMap((name) => name.split("\n"));
  const labels = Math.min(268, Math.max(...lines.map((line) => textWidth(line, 12))));
  return svgChart(
    {
      grid: { left: labels + 16, right: 20, top: 8, bottom: 48 },
      xAxis: {
        type: "value",
        name: "percentage points",
        nameLocation: "middle",
        nameGap: 28,
        min: least,
        max: most,
        axisLabel: {
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (value: number) => `${value > 0 ? "+" : ""}${value}`.replace("-", "−"),
        },
      },
      yAxis: {
        type: "category",
        inverse: true,
        // In two lines: browsers write wider than what is drawn here measures.
        data: names,
        axisLabel: { width: labels, overflow: "break", lineHeight: 14, interval: 0 },
      },
      series: [
        {
          type: "custom",
          renderItem: (_: unknown, api: Coordinates) => mark(api, least, most),
          encode: { x: [1, 2, 3], y: 0 },
          // An unbounded interval goes over the edge of the plot.
          data: inPoints.map(([mean, low, high], row) => [
            row,
            mean,
            Math.max(low, least - 1),
            Math.min(high, most + 1),
            Number(rows[row]!.significant),
          ]),
          markLine: {
            symbol: "none",
            label: { show: false },
            lineStyle: { color: ink, opacity: 0.7, type: "dashed" },
            data: [{ xAxis: 0 }],
          },
        },
      ],
    },
    { width: 840, height: 64 + 34 * rows.length },
    "Differences in percentage points with their intervals",
  );
}
