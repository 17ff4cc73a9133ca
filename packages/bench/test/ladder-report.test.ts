import { expect, it } from "vitest";
import { renderLadder } from "../src/ladder-report.ts";
import { caseOf, ladderOf, timed } from "./results.ts";

const floor = { ...timed("conv/00-noop", 20), rateGflops: 0, rateGbps: 0 };
const tiled = { ...timed("conv/02-tiled", 80), flopPerByte: 16, worstError: 0.5 };
const refused = {
  outcome: "unsupported",
  rung: "conv/02-tiled",
  idea: "idea of conv/02-tiled",
  reason: "C is no multiple of 4",
} as const;

/** Rows of a Markdown document by their first cell. */
const rowsOf = (markdown: string): Map<string, string[]> =>
  new Map(
    markdown
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => {
        const cells = line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim());
        return [cells[0]!, cells];
      }),
  );

it("shows the cases, then the rungs in ladder order with time, rate and share, the chosen ones bold", () => {
  const report = renderLadder(
    ladderOf(
      caseOf("conv1", [floor, timed("conv/01-naive", 400), refused], "conv/01-naive"),
      caseOf("conv2", [floor, timed("conv/01-naive", 800), tiled], "conv/02-tiled"),
    ),
  );
  expect(report.split("\n")[0]).toBe(
    "an adapter (software, 2 cores of a processor), a driver; Node v20.19.0; quick mode; 2026-11-22",
  );
  const rows = rowsOf(report);
  expect(rows.get("layer")).toEqual([
    "layer",
    "shape",
    "MFLOP",
    "MB",
    "FLOP/B",
    "FMA probe GFLOPS",
    "copy probe GB/s",
    "CPU reference us",
  ]);
  expect(rows.get("conv1")).toEqual([
    "conv1",
    "N 2, C 16, mode train",
    "4.00",
    "0.100",
    "40.0",
    "100",
    "10.0",
    "5000 ±10 %",
  ]);
  expect(rows.get("rung")).toEqual([
    "rung",
    "idea",
    "FLOP/B",
    "conv1: us, GFLOPS, of FMA",
    "conv2: us, GFLOPS, of FMA",
    "error",
  ]);
  expect(rows.get("conv/00-noop")!.slice(2)).toEqual(["", "20.0 ±10 %", "20.0 ±10 %", "0.250"]);
  expect(rows.get("conv/01-naive")!.slice(2)).toEqual([
    "",
    "**400 ±10 %, 10.0, 10.0 %**",
    "800 ±10 %, 5.00, 5.00 %",
    "0.250",
  ]);
  expect(rows.get("conv/02-tiled")!.slice(1)).toEqual([
    "idea of conv/02-tiled",
    "16.0",
    "unsupported",
    "**80.0 ±10 %, 50.0, 50.0 %**",
    "0.500",
  ]);
  expect([...rows.keys()].filter((key) => key.startsWith("conv/"))).toEqual([
    "conv/00-noop",
    "conv/01-naive",
    "conv/02-tiled",
  ]);
  expect(report).toContain("- conv/02-tiled unsupported on conv1: C is no multiple of 4");
});

it("rates a ladder of few operations per byte by its bytes", () => {
  const rows = rowsOf(renderLadder(ladderOf(caseOf("bn1", [timed("bn/01-naive", 1000, 1e6)], "bn/01-naive", 1e6))));
  expect(rows.get("rung")).toEqual(["rung", "idea", "bn1: us, GB/s, of copy", "error"]);
  expect(rows.get("bn/01-naive")!.at(2)).toBe("**1000 ±10 %, 1.00, 10.0 %**");
});
