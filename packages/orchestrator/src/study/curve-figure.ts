import type { Curve } from "@fledge/study";
import { measureOf } from "./evaluations.ts";
import { svgChart } from "../report/svg-chart.ts";
import { colours, type Coordinates } from "../report/chart-style.ts";

const symbols = ["circle", "rect", "triangle", "diamond"];

/** Lines stand side by side by this share of the axis, so that their intervals do not hide one another. */
const apart = 0.007;

/** A whisker from low to high, in the plot. */
function whisker(api: Coordinates, colour: string, [least, most]: readonly [number, number]): unknown {
  const [x, low, high] = [0, 1, 2].map((dimension) => api.value(dimension)) as [number, number, number];
  const [at, top] = api.coord([x, Math.min(high, most)]);
  const [, bottom] = api.coord([x, Math.max(low, least)]);
  const style = { stroke: colour, lineWidth: 1.5, opacity: 0.8 };
  const across = (y: number): unknown => ({
    type: "line",
    shape: { x1: at - 3, x2: at + 3, y1: y, y2: y },
    style,
  });
  return {
    type: "group",
    children: [{ type: "line", shape: { x1: at, x2: at, y1: bottom, y2: top }, style }, across(top), across(bottom)],
  };
}

/** A measure over a setting in per cent, a line for each kind of model, with intervals over the seeds; an SVG document. */
export function curveSvg({ measure, lines }: Curve, title: string): string {
  const points = lines.flatMap((line) => line.points);
  const ends = points
    .flatMap(({ mean, interval }) => [mean, interval.low, interval.high])
    .filter(Number.isFinite)
    .map((value) => 100 * value);
  const [least, most] = [
    Math.max(0, Math.floor(Math.min(...ends) / 5) * 5),
    Math.min(100, Math.ceil(Math.max(...ends) / 5) * 5),
  ] as const;
  const places = points.map(({ x }) => x);
  const reach = Math.max(...places) - Math.min(...places);
  return svgChart(
    {
      legend: { bottom: 0, itemGap: 18, data: lines.map(({ name }) => name) },
      grid: { left: 56, right: 24, top: 16, bottom: 76 + 18 * Math.floor(lines.length / 4) },
      xAxis: {
        type: "value",
        name: title,
        nameLocation: "middle",
        nameGap: 28,
        min: Number((Math.min(...places) - 0.04 * reach).toPrecision(6)),
        max: Number((Math.max(...places) + 0.04 * reach).toPrecision(6)),
        axisLabel: { showMinLabel: false, showMaxLabel: false },
      },
      yAxis: { type: "value", min: least, max: most, axisLabel: { formatter: "{value} %" } },
      series: lines.flatMap(({ name, points: own }, index) => {
        const colour = colours[index % colours.length]!;
        const shift = apart * reach * (index - (lines.length - 1) / 2);
        return [
          {
            name,
            type: "line",
            symbol: symbols[index % symbols.length],
            symbolSize: 8,
            itemStyle: { color: colour },
            lineStyle: { color: colour, width: 1.5 },
            data: own.map(({ x, mean }) => [x + shift, 100 * mean]),
          },
          {
            type: "custom",
            silent: true,
            renderItem: (_: unknown, api: Coordinates) => whisker(api, colour, [least, most]),
            encode: { x: 0, y: [1, 2] },
            data: own
              .filter(({ interval }) => Number.isFinite(interval.low))
              .map(({ x, interval }) => [x + shift, 100 * interval.low, 100 * interval.high]),
          },
        ];
      }),
    },
    { width: 840, height: 420 },
    `${measureOf(measure).title} over ${title}`,
  );
}
