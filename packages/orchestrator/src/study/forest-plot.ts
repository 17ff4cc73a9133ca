import { init, use, type EChartsCoreOption } from "echarts/core";
import { CustomChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import type { Interval } from "@fledge/statistics";

use([CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

export interface ForestRow {
  readonly name: string;
  readonly mean: number;
  readonly interval: Interval;
}

interface Coordinates {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

const colour = "#33658a";

/** A point with its interval, clipped to the plot where it is unbounded. */
function mark(api: Coordinates, least: number, most: number): unknown {
  const [row, mean, low, high] = [0, 1, 2, 3].map((dimension) => api.value(dimension)) as [
    number,
    number,
    number,
    number,
  ];
  const [x, y] = api.coord([mean, row]);
  const [left] = api.coord([Math.max(low, least), row]);
  const [right] = api.coord([Math.min(high, most), row]);
  return {
    type: "group",
    children: [
      { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style: { stroke: colour, lineWidth: 2 } },
      { type: "circle", shape: { cx: x, cy: y, r: 4 }, style: { fill: colour } },
    ],
  };
}

/** Differences in percentage points with their intervals, a row each, and a line at none; an SVG document. */
export function forestSvg(rows: readonly ForestRow[]): string {
  if (rows.length === 0) return "";
  const inPoints = rows.map(({ mean, interval }) => [100 * mean, 100 * interval.low, 100 * interval.high] as const);
  const bounds = inPoints.flat().filter(Number.isFinite);
  const margin = 1 + 0.1 * (Math.max(...bounds, 0) - Math.min(...bounds, 0));
  const [least, most] = [Math.floor(Math.min(...bounds, 0) - margin), Math.ceil(Math.max(...bounds, 0) + margin)];
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 980, height: 70 + 28 * rows.length });
  const option: EChartsCoreOption = {
    animation: false,
    backgroundColor: "#ffffff",
    grid: { left: 420, right: 24, top: 8, bottom: 48 },
    xAxis: { type: "value", name: "percentage points", nameLocation: "middle", nameGap: 28, min: least, max: most },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLabel: { width: 400, overflow: "truncate", color: "#222" },
    },
    series: [
      {
        type: "custom",
        renderItem: (_: unknown, api: Coordinates) => mark(api, least, most),
        encode: { x: [1, 2, 3], y: 0 },
        // An unbounded interval goes over the edge of the plot.
        data: inPoints.map(([mean, low, high], row) => [row, mean, Math.max(low, least - 1), Math.min(high, most + 1)]),
        markLine: {
          symbol: "none",
          label: { show: false },
          lineStyle: { color: "#888", type: "dashed" },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
