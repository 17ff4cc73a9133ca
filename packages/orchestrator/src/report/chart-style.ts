/** What a custom series is given to find its way in the chart. */
export interface Coordinates {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
  /** What a step of one on each axis comes to, in pixels. */
  size(step: [number, number]): [number, number];
}

/** Text and axes take the colour of what stands around the figure, so that it suits a light page and a dark one. */
export const ink = "currentColor";

/** Told apart on light and dark, and by the colour-blind (after Okabe and Ito 2008). */
export const colours = ["#2785c4", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b0562f"];

/** What holds of the parts of a right answer and of a wrong one. */
export const [rightColour, wrongColour] = [colours[0]!, colours[1]!];

/** A share of 1 at an axis, as the tables write it: `2.5 %`. */
export const shareText = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

const axis = {
  axisLabel: { color: ink },
  nameTextStyle: { color: ink },
  axisLine: { lineStyle: { color: ink, opacity: 0.5 } },
  axisTick: { lineStyle: { color: ink, opacity: 0.5 } },
  splitLine: { lineStyle: { color: ink, opacity: 0.15 } },
};

/** How every chart looks where its option says nothing else. */
export const theme = {
  backgroundColor: "transparent",
  color: colours,
  textStyle: { color: ink },
  title: { textStyle: { color: ink }, subtextStyle: { color: ink } },
  legend: { textStyle: { color: ink } },
  valueAxis: axis,
  categoryAxis: axis,
};
