import { init, use } from "echarts/core";
import { ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { ratioOf, type PeersResult } from "./results.ts";

use([ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

const symbols = ["circle", "triangle", "diamond", "rect"];

/** A row per case, a point per peer: its time over Fledge's on a logarithmic axis; an SVG document. */
export function chartSvg({ cases, contenders }: PeersResult): string {
  const rows = [...cases].reverse(); // The axis starts at the bottom.
  const height = 120 + 22 * rows.length;
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 1080, height });
  const equal = {
    symbol: "none",
    silent: true,
    lineStyle: { color: "#444", type: "solid" as const },
    label: { formatter: "equal", position: "end" as const, rotate: 0, color: "#444" },
    data: [{ xAxis: 1 }],
  };
  const peers = contenders.filter(({ id, absent }) => id !== "fledge" && absent === undefined);
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: ["#d1495b", "#33658a", "#66a182", "#8d6a9f"],
    legend: { bottom: 8, itemWidth: 12, itemHeight: 12, itemGap: 24 },
    grid: { left: 490, right: 32, top: 32, bottom: 76 },
    xAxis: {
      type: "log",
      name: "the peer's time over Fledge's: to the right of 1, Fledge is faster",
      nameLocation: "middle",
      nameGap: 28,
    },
    yAxis: {
      type: "category",
      data: rows.map(({ name }) => name),
      axisTick: { show: false },
      splitLine: { show: true },
    },
    series: peers.map(({ id, title }, index) => ({
      name: title,
      type: "scatter",
      symbol: symbols[index % symbols.length],
      symbolSize: 10,
      data: rows.flatMap((result, row) => {
        const ratio = ratioOf(result, id);
        return ratio ? [[ratio.median, row]] : [];
      }),
      ...(index === 0 ? { markLine: equal } : {}),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
