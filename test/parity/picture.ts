import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

type Curves = Readonly<Record<string, readonly number[]>>;

const lossColours = ["#33658a", "#d1495b", "#222222"];
const differenceColours = ["#33658a", "#d1495b", "#66a182", "#8d6a9f"];

const lines = (curves: Curves, grid: number, colours: readonly string[]) =>
  Object.entries(curves).map(([name, values], index) => ({
    name,
    type: "line" as const,
    xAxisIndex: grid,
    yAxisIndex: grid,
    symbol: "circle",
    symbolSize: 4,
    lineStyle: { width: 2, type: index === 0 ? ("solid" as const) : ("dashed" as const) },
    itemStyle: { color: colours[index]! },
    // A logarithmic axis has no place for 0: where two losses are equal there is no point.
    data: values.map((value, step) => [step, grid === 1 && value === 0 ? null : value]),
  }));

/** Above the losses by step, below how far they are from PyTorch's in float64, on a logarithmic axis; an SVG document. */
export function parityPicture(losses: Curves, differences: Curves): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 860, height: 720 });
  const xAxis = { type: "value" as const, name: "step", nameLocation: "middle" as const, nameGap: 24, minInterval: 1 };
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    title: [
      { text: "loss", left: 64, top: 8, textStyle: { fontSize: 14 } },
      { text: "relative difference from PyTorch in float64", left: 64, top: 352, textStyle: { fontSize: 14 } },
    ],
    legend: [
      { top: 8, right: 24, itemGap: 28, data: Object.keys(losses) },
      { bottom: 4, itemGap: 28, data: Object.keys(differences) },
    ],
    grid: [
      { left: 80, right: 24, top: 40, height: 260 },
      { left: 80, right: 24, top: 384, height: 260 },
    ],
    xAxis: [
      { ...xAxis, gridIndex: 0 },
      { ...xAxis, gridIndex: 1 },
    ],
    yAxis: [
      { type: "value", gridIndex: 0, scale: true },
      { type: "log", gridIndex: 1, axisLabel: { formatter: (value: number) => value.toExponential(0) } },
    ],
    series: [...lines(losses, 0, lossColours), ...lines(differences, 1, differenceColours)],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
