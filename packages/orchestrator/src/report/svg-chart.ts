import { init, use, type EChartsCoreOption } from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { theme } from "./chart-style.ts";
import { escapeHtml } from "./escape-html.ts";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/**
 * A chart as an SVG document: by itself dark on white, in a page with `chartCss` in the page's colours.
 * @param label what it shows, for those who do not see it
 */
export function svgChart(option: EChartsCoreOption, size: ChartSize, label: string): string {
  const chart = init(null, theme, { renderer: "svg", ssr: true, ...size });
  chart.setOption({ animation: false, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg.replace(">", ` role="img" aria-label="${escapeHtml(label)}" style="background:#fff;color:#222">`);
}

/** Gives a chart inside a page the page's own colours. */
export const chartCss = "svg { background: transparent !important; color: inherit !important; }";
