import type { Family, Measured } from "../../robustness/family.ts";
import { modelTitle } from "./measured-models.ts";
import { shareText } from "../chart-style.ts";
import { legendBelow, svgChart } from "../svg-chart.ts";

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

/** The whole tenth above every line, so that the charts of a family have one scale. */
const ceilingOf = (lines: readonly Line[]): number =>
  Math.ceil(10 * Math.max(0.1, ...lines.flatMap(({ points }) => points.map(([, accuracy]) => accuracy)))) / 10;

function chartOf(title: string, axis: string, lines: readonly Line[], max: number): string {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const width = 400;
  const legend = legendBelow(
    lines.map(({ name }) => name),
    width,
  );
  return svgChart(
    {
      title: { text: title, left: 8, top: 4, textStyle: { fontSize: 13 } },
      legend: legend.option,
      grid: { left: 52, right: 16, top: 40, bottom: 46 + legend.height },
      // Categories: epsilons double from place to place, severities are ranks.
      xAxis: {
        type: "category",
        data: places.map(String),
        name: axis,
        nameLocation: "middle",
        nameGap: 26,
        boundaryGap: false,
      },
      yAxis: {
        type: "value",
        min: 0,
        max,
        axisLabel: { formatter: shareText },
      },
      series: lines.map(({ name, points }) => ({
        name,
        type: "line",
        symbol: "circle",
        symbolSize: 5,
        data: points.map(([place, accuracy]) => [String(place), accuracy]),
      })),
    },
    { width, height: 246 + legend.height },
    `${title}, by ${axis}`,
  );
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

/** Where a model stands without what the family does to it: its accuracy on so many clean images, the first. */
export type CleanAccuracy = (model: string, images: number) => number | undefined;

/** How many images were looked at in a family: as many in each of its cases that make curves. */
const imagesIn = (measured: Measured): number =>
  Math.max(0, ...[...measured.values()].map(({ correct }) => correct?.length ?? 0));

/** The charts of a family that has an axis: the models over all of it, and each model's series where they can be told apart. */
export function curveCharts(family: Family, models: ReadonlyMap<string, Measured>, clean: CleanAccuracy): CurveChart[] {
  const { axis } = family;
  if (axis === undefined) return [];
  const places = placesOf(family);
  /** A line from the clean accuracy on. */
  const line = (
    name: string,
    [model, measured]: readonly [string, Measured],
    at: (place: number) => number | undefined,
  ): Line[] => {
    const points = places.flatMap((place): [number, number][] => {
      const value = at(place);
      return value === undefined ? [] : [[place, value]];
    });
    const start = clean(model, imagesIn(measured));
    if (points.length === 0) return [];
    return [{ name, points: start === undefined ? points : [[0, start], ...points] }];
  };
  const overall = [...models].flatMap((entry) =>
    line(modelTitle(entry[0]), entry, (place) => overallAt(family, entry[1], place)),
  );
  const series = [...new Set(family.cases.filter(({ at }) => at !== null).map((one) => one.series))];
  const apart = series.length > mostLines ? [] : [...models];
  const bySeries = apart.map((entry) => {
    const lines = series.flatMap((name) =>
      line(name, entry, (place) => {
        const one = family.cases.find((candidate) => candidate.series === name && candidate.at === place);
        return one && entry[1].get(one.name)?.values["accuracy"];
      }),
    );
    return { name: `${family.name}-${entry[0]}`, title: modelTitle(entry[0]), lines };
  });
  const charts = [{ name: family.name, title: family.overallTitle ?? "mean over all", lines: overall }, ...bySeries];
  const max = ceilingOf(charts.flatMap(({ lines }) => lines));
  return charts
    .filter(({ lines }) => lines.length > 0)
    .map(({ name, title, lines }) => ({ name, title, svg: chartOf(`${title}: accuracy`, axis, lines, max) }));
}
