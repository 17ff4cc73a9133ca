import { expect, it } from "vitest";
import { renderDetails } from "../src/ladder-details.ts";
import { renderRates } from "../src/ladder-report.ts";
import { caseOf, ladderOf, timed } from "./results.ts";

const floor = { ...timed("conv/00-noop", 20), rateGflops: 0, rateGbps: 0 };
const tiled = { ...timed("conv/02-tiled", 80), flopPerByte: 16, worstError: 0.5 };
const refusal = (rung: string, reason: string) => ({ outcome: "unsupported", rung, reason }) as const;
const ragged = "C is no multiple of 4";
const conv = ladderOf(
  caseOf(
    "conv1",
    [floor, timed("conv/01-naive", 400), refusal("conv/02-tiled", ragged), refusal("conv/03-wide", ragged)],
    "conv/01-naive",
  ),
  caseOf(
    "conv2",
    [floor, timed("conv/01-naive", 800), tiled, { outcome: "failed", rung: "conv/03-wide", reason: "out[0] is NaN" }],
    "conv/01-naive",
  ),
);

/** The table that begins with this head, as rows of cells. */
function tableOf(markdown: string, head: string): string[][] {
  const blocks = markdown.split("\n\n").map((block) => block.split("\n"));
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const table = blocks.find(([first]) => first!.startsWith("|") && cells(first!)[0] === head)!;
  return table.filter((_, index) => index !== 1).map(cells);
}

it("shows one rate a cell in ladder order, the best bold and the chosen ones marked, under the ceiling", () => {
  const report = renderRates(conv);
  expect(report.split("\n")[0]).toBe("GFLOPS on an adapter, a driver (software, 2 cores of a processor), 2026-11-22:");
  expect(tableOf(report, "rung")).toEqual([
    ["rung", "a", "b"],
    ["01-naive", "**10.0**†", "5.00†"],
    ["02-tiled", "-", "**50.0**"],
    ["03-wide", "-", "failed"],
    ["FMA probe", "100", "100"],
  ]);
  expect(report).toContain("- a: conv1\n- b: conv2\n");
});

it("says once why rungs are missing, for all that share the reason", () => {
  expect(renderRates(conv)).toMatch(
    /Not timed:\n\n- 02-tiled, 03-wide on a: C is no multiple of 4\n- 03-wide on b: failed, out\[0\] is NaN$/,
  );
  expect(renderRates(ladderOf(caseOf("one", [timed("conv/01-naive", 400)], "conv/01-naive")))).not.toContain(
    "Not timed",
  );
});

it("keeps times, shares, shapes and errors for the details", () => {
  const details = renderDetails(conv);
  expect(details).toMatch(/^an adapter, a driver;\nNode v20\.19\.0; quick mode; 2026-11-22\.\n/);
  expect(details).toContain("- a: N 2, C 16, mode train\n- b: N 2");
  expect(tableOf(details, "layer")).toEqual([
    ["layer", "MFLOP", "MB", "FLOP/B", "FMA GFLOPS", "copy GB/s", "reference us"],
    ["a", "4.00", "0.100", "40.0", "100", "10.0", "5000 ±10"],
    ["b", "4.00", "0.100", "40.0", "100", "10.0", "5000 ±10"],
  ]);
  expect(tableOf(details, "us")).toEqual([
    ["us", "a", "b"],
    ["00-noop", "20.0 ±10", "20.0 ±10"],
    ["01-naive", "400 ±10", "800 ±10"],
    ["02-tiled", "-", "80.0 ±10"],
    ["03-wide", "-", "-"],
  ]);
  expect(tableOf(details, "% of FMA")).toEqual([
    ["% of FMA", "a", "b", "FLOP/B", "error"],
    ["01-naive", "10.0", "5.00", "-", "0.250"],
    ["02-tiled", "-", "50.0", "16.0", "0.500"],
    ["03-wide", "-", "-", "-", "-"],
  ]);
});

it("rates a ladder of few operations per byte by its bytes", () => {
  const bn = ladderOf(caseOf("bn1", [timed("bn/01-naive", 1000, 1e6)], "bn/01-naive", 1e6));
  expect(renderRates(bn)).toContain("GB/s on an adapter");
  expect(tableOf(renderRates(bn), "rung")).toEqual([
    ["rung", "a"],
    ["01-naive", "**1.00**†"],
    ["copy probe", "10.0"],
  ]);
  expect(tableOf(renderDetails(bn), "% of copy")[1]).toEqual(["01-naive", "10.0", "-", "0.250"]);
});
