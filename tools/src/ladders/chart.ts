import { letterOf, ratingOf, rowsOf, type LadderResult } from "@fledge/bench";
import { ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

const panelWidth = 760;
const marginLeft = 170;
const symbols = ["circle", "triangle", "diamond", "rect", "emptyCircle", "emptyTriangle"];

/** Names count through a process; counted from 0 in each document, equal charts are equal files. */
function renumbered(svg: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/\bzr\d+-[a-z]+-?\d+/g, (name) => {
    const own = names.get(name) ?? `n${names.size}`;
    names.set(name, own);
    return own;
  });
}

const ceilingLine = (probe: string) => ({
  symbol: "none",
  silent: true,
  lineStyle: { color: "#444", type: "solid" as const },
  label: { formatter: `${probe} probe`, position: "end" as const, rotate: 0, color: "#444" },
  data: [{ xAxis: 100 }],
});

/** A layer's points: each rung's share of the ceiling in percent, and the rung's place on the axis. */
function pointsOf(result: LadderResult, column: number, axis: readonly string[]): [share: number, place: number][] {
  const { rateOf, ceilingOf } = ratingOf(result);
  const ceiling = ceilingOf(result.cases[column]!);
  return rowsOf(result).flatMap(({ rung, runs }) => {
    const run = runs[column]!;
    const place = axis.indexOf(rung);
    return run.outcome === "timed" && place >= 0 ? [[(100 * rateOf(run)) / ceiling, place]] : [];
  });
}

/**
 * A ladder as an SVG document: rungs from top to bottom, each one's rate in percent of the adapter's ceiling on a
 * logarithmic axis, a point for each layer; a panel for each adapter, side by side. On white, so that it can be read on
 * any page.
 */
export function ladderChart(results: readonly LadderResult[]): string {
  const timed = results.flatMap(rowsOf).filter(({ isFloor }) => !isFloor);
  const rungs = [...new Set(timed.map(({ rung }) => rung))].sort().reverse(); // The axis starts at the bottom.
  const layers = Math.max(...results.map(({ cases }) => cases.length));
  const size = { width: panelWidth * results.length, height: 124 + 24 * rungs.length };
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  const series = results.flatMap((result, panel) =>
    result.cases.map((_, column) => ({
      name: letterOf(column),
      type: "scatter" as const,
      xAxisIndex: panel,
      yAxisIndex: panel,
      symbol: symbols[column % symbols.length],
      symbolSize: 9,
      data: pointsOf(result, column, rungs),
      ...(column === 0 ? { markLine: ceilingLine(ratingOf(result).probe) } : {}),
    })),
  );
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: ["#33658a", "#d1495b", "#66a182", "#8d6a9f", "#c98a1b", "#4a4a4a"],
    title: results.map(({ adapter }, panel) => ({
      text: adapter.name,
      left: panel * panelWidth + marginLeft,
      top: 4,
      textStyle: { fontSize: 13, fontWeight: "normal" as const },
    })),
    legend: { bottom: 4, itemWidth: 12, itemHeight: 12, data: Array.from({ length: layers }, (_, i) => letterOf(i)) },
    grid: results.map((_, panel) => ({
      left: panel * panelWidth + marginLeft,
      width: panelWidth - marginLeft - 60,
      top: 44,
      bottom: 78,
    })),
    xAxis: results.map((result, panel) => ({
      gridIndex: panel,
      type: "log",
      name: `% of the adapter's ceiling in ${ratingOf(result).unit}`,
      nameLocation: "middle",
      nameGap: 24,
      max: Math.max(100, ...series.flatMap(({ data }) => data.map(([share]) => share))),
    })),
    yAxis: results.map((_, panel) => ({
      gridIndex: panel,
      type: "category",
      data: rungs,
      axisTick: { show: false },
      splitLine: { show: true },
    })),
    series,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${renumbered(svg)}\n`;
}
