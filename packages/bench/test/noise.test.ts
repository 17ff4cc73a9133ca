import { expect, it } from "vitest";
import { renderNoise } from "../src/noise.ts";
import { caseOf, ladderOf, timed } from "./results.ts";

/** A run in which the one rung takes so long; the yardsticks are always the same. */
const run = (timeUs: number) => ({
  conv: ladderOf(caseOf("conv1", [timed("conv/01-naive", timeUs)], "conv/01-naive")),
});
const rowsOf = (table: string): string[][] =>
  table.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it("counts how often a rung looks slower than itself, in one comparison and in two in a row", () => {
  const [header, , ...rows] = rowsOf(renderNoise([run(100), run(160), run(190)]));
  expect(header).toEqual(["6 comparisons", "above 1.25", "above 1.5", "above 2", "largest"]);
  // 1.6, 1.9 and 1.1875 are the ratios above 1.
  const once = ["33.33 %", "33.33 %", "0.00 %", "1.90"];
  expect(rows).toEqual([
    ["time alone", ...once],
    ["by FMA probe", ...once],
    ["by copy probe", ...once],
    ["by CPU reference", ...once],
    ["least of the three", ...once],
    // Only against the first run do both others look slower.
    ["least of the three, twice", "33.33 %", "33.33 %", "0.00 %", ""],
  ]);
});
