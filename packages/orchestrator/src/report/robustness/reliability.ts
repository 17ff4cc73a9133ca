import type { Measurement } from "../../robustness/family.ts";
import { percent } from "../percent.ts";
import { colours, shareText } from "../chart-style.ts";
import { svgChart } from "../svg-chart.ts";

/**
 * A reliability diagram (Guo et al. 2017, figure 1): the accuracy of the images in each bin of confidence, beside the
 * diagonal on which confidences would say the truth; an SVG document. Null where nothing was measured.
 */
export function reliabilitySvg(title: string, { values, lists }: Measurement): string | null {
  const { binCount = [], binAccuracy = [] } = lists ?? {};
  if (binCount.length === 0) return null;
  const bins = binCount.length;
  const middles = binCount.map((_, bin) => ((bin + 0.5) / bins).toFixed(2));
  const most = Math.max(...binCount);
  return svgChart(
    {
      title: {
        text: title,
        subtext: `expected calibration error ${percent(values["ece"] ?? null)}`,
        left: 8,
        top: 2,
        textStyle: { fontSize: 13 },
        subtextStyle: { fontSize: 11 },
      },
      grid: { left: 48, right: 12, top: 58, bottom: 44 },
      xAxis: { type: "category", data: middles, name: "confidence", nameLocation: "middle", nameGap: 26 },
      yAxis: {
        type: "value",
        min: 0,
        max: 1,
        axisLabel: { formatter: shareText },
      },
      series: [
        {
          type: "bar",
          name: "accuracy",
          barWidth: "90%",
          // The fainter a bar, the fewer images it speaks of.
          data: binAccuracy.map((accuracy, bin) => ({
            value: binCount[bin] === 0 ? null : accuracy,
            itemStyle: { color: colours[0]!, opacity: 0.25 + (0.75 * binCount[bin]!) / most },
          })),
        },
        {
          type: "line",
          name: "as confident as right",
          symbol: "none",
          lineStyle: { color: colours[1]!, type: "dashed" },
          data: middles.map(Number),
        },
      ],
    },
    { width: 300, height: 300 },
    `${title}: reliability diagram, accuracy by confidence`,
  );
}
