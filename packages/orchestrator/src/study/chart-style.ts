/** What a custom series is given to find its way in the chart. */
export interface Coordinates {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

/** Text and axes take the colour of what stands around the figure, so that it suits a light page and a dark one. */
export const ink = "currentColor";

/** And its background. */
export const backgroundColor = "transparent";

export const axisStyle = {
  axisLabel: { color: ink },
  nameTextStyle: { color: ink },
  axisLine: { lineStyle: { color: ink, opacity: 0.5 } },
  axisTick: { lineStyle: { color: ink, opacity: 0.5 } },
  splitLine: { lineStyle: { color: ink, opacity: 0.15 } },
};

/** Told apart on light and dark, and by the colour-blind (after Okabe and Ito 2008). */
export const colours = ["#2785c4", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** A figure as a file of its own: dark on white, whatever shows it. */
export const standalone = (svg: string): string => svg.replace("<svg ", '<svg style="background: #fff; color: #222" ');
