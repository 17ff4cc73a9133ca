import { init, setPlatformAPI, use, type EChartsCoreOption } from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { theme } from "./chart-style.ts";
import { escapeHtml } from "./escape-html.ts";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

/** What a character is wide at most, on average, of a font's size: DejaVu Sans, the widest that a browser is likely to have. */
const characterEm = 0.62;

/** How wide text may become where it is shown; here is no browser to ask. */
export const textWidth = (text: string, fontSize: number): number => characterEm * fontSize * text.length;

// Else names in a legend run into one another where the font is wider than the one that is assumed.
setPlatformAPI({
  measureText: (text, font) => ({ width: textWidth(text, Number(/([\d.]+)px/.exec(font ?? "")?.[1] ?? 12)) }),
});

/** A legend at the bottom edge, in as many rows as its names take, and its height. @param width the chart's */
export function legendBelow(
  names: readonly string[],
  width: number,
): { readonly option: object; readonly height: number } {
  const [itemWidth, itemHeight, itemGap, fontSize] = [18, 14, 12, 11] as const;
  let rows = 1;
  let used = 0;
  for (const name of new Set(names)) {
    const wanted = itemWidth + 5 + textWidth(name, fontSize);
    if (used > 0 && used + wanted > width - 10) [rows, used] = [rows + 1, 0];
    used += wanted + itemGap;
  }
  const option = { bottom: 0, itemWidth, itemHeight, itemGap, textStyle: { fontSize } };
  return { option, height: rows * (itemHeight + itemGap) };
}

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
