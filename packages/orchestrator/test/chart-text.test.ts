import { expect, it } from "vitest";
import { breakable } from "../src/report/escape-html.ts";
import { lineChartSvg } from "../src/report/line-chart.ts";

/** Where a text stands, in pixels from the top: text has its place in its own attributes, or in its element's transform. */
function heightOf(svg: string, text: string): number {
  const [, attributes] = new RegExp(`<text ([^>]*)>${text}</text>`).exec(svg)!;
  const [, y] = / y="([\d.]+)"/.exec(` ${attributes}`) ?? [];
  const [, moved] = /translate\([\d.]+ ([\d.]+)\)/.exec(attributes!) ?? [];
  return Number(y ?? 0) + Number(moved ?? 0);
}

it("keeps a legend of long names below the name of the axis, in as many rows as it takes", () => {
  const names = ["one", "another", "a third"].map((name) => `runs/of-a-study-with-a-long-name/${name}`);
  const lines = names.map((name) => ({ name, points: [[1, 0.5] as const, [2, 0.75] as const] }));
  const svg = lineChartSvg(lines, { title: "loss", axis: "epoch" });
  const axis = heightOf(svg, "epoch");
  const rows = names.map((name) => heightOf(svg, name));
  expect(new Set(rows).size).toBe(names.length);
  for (const row of rows) expect(row).toBeGreaterThan(axis + 12);
});

it("breaks paths and long names between their parts, and no figure", () => {
  expect(breakable("/data/birds/001.Ash_capped.jpg, 90.0 % & more")).toBe(
    "/data/<wbr>birds/<wbr>001.Ash_<wbr>capped.jpg, 90.0&nbsp;% &amp; more",
  );
});
