import { init, use } from "echarts/core";
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import type { Family, Measured } from "../../robustness/family.ts";
import { modelTitle } from "./measured-models.ts";

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export interface CurveChart {
  /** For the file's name: `attacks-teacher`. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [at: number, accuracy: number])[];
}

/** More lines than this in one chart are not told apart. */
const mostLines = 8;

const colours = ["#33658a", "#d1495b", "#66a182", "#8d6a9f", "#e0a030", "#444444", "#2a9d8f", "#a0522d"];

function chartOf(title: string, axis: string, lines: readonly Line[], clean: number | undefined): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 460, height: 330 });
  const places = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const at = ["0", ...places.map(String)];
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: colours,
    title: { text: title, left: 8, top: 4, textStyle: { fontSize: 13 } },
    legend: { bottom: 0, itemWidth: 16, textStyle: { fontSize: 11 } },
    grid: { left: 52, right: 16, top: 40, bottom: 84 },
    // Categories: epsilons double from place to place, severities are ranks.
    xAxis: { type: "category", data: at, name: axis, nameLocation: "middle", nameGap: 26, boundaryGap: false },
    yAxis: {
      type: "value",
      min: 0,
      max: 1,
      axisLabel: { formatter: (value: number) => `${Math.round(100 * value)}%` },
    },
    series: lines.map(({ name, points }) => ({
      name,
      type: "line",
      symbol: "circle",
      symbolSize: 5,
      data: [
        ...(clean === undefined ? [] : [["0", clean]]),
        ...points.map(([place, accuracy]) => [String(place), accuracy]),
      ],
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** A family's accuracy at a place, over all its series: the mean, unless it says otherwise. */
function overallAt(family: Family, measured: Measured, at: number): number | undefined {
  if (family.overall) return family.overall(measured, at);
  const values = family.cases.filter((one) => one.at === at).map(({ name }) => measured.get(name)?.values["accuracy"]);
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

const placesOf = ({ cases }: Family): number[] =>
  [...new Set(cases.flatMap(({ at }) => (at === null ? [] : [at])))].sort((a, b) => a - b);

/** Where a model stands without what the family does to it: the accuracy on clean images. */
export type CleanAccuracy = (model: string) => number | undefined;

/** The charts of a family that has an axis: the models over all of it, and each model's series where they can be told apart. */
export function curveCharts(family: Family, models: ReadonlyMap<string, Measured>, clean: CleanAccuracy): CurveChart[] {
  const { axis } = family;
  if (axis === undefined) return [];
  const places = placesOf(family);
  const line = (name: string, at: (place: number) => number | undefined): Line[] => {
    const points = places.flatMap((place): [number, number][] => {
      const value = at(place);
      return value === undefined ? [] : [[place, value]];
    });
    return points.length === 0 ? [] : [{ name, points }];
  };
  const overall = [...models].flatMap(([model, measured]) =>
    line(modelTitle(model), (place) => overallAt(family, measured, place)),
  );
  const over = family.overallTitle ?? "mean over all";
  const charts: CurveChart[] =
    overall.length === 0
      ? []
      : [{ name: family.name, title: over, svg: chartOf(`${over}: accuracy`, axis, overall, undefined) }];
  const series = [...new Set(family.cases.filter(({ at }) => at !== null).map((one) => one.series))];
  if (series.length > mostLines) return charts;
  for (const [model, measured] of models) {
    const lines = series.flatMap((name) =>
      line(name, (place) => {
        const one = family.cases.find((candidate) => candidate.series === name && candidate.at === place);
        return one && measured.get(one.name)?.values["accuracy"];
      }),
    );
    if (lines.length === 0) continue;
    const title = modelTitle(model);
    charts.push({
      name: `${family.name}-${model}`,
      title,
      svg: chartOf(`${title}: accuracy`, axis, lines, clean(model)),
    });
  }
  return charts;
}
