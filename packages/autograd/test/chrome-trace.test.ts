import { expect, it } from "vitest";
import type { ExplainedOperand } from "../src/explained-plan.ts";
import { chromeTrace } from "../src/chrome-trace.ts";

const kernel = (rung: string, timeUs: number) => ({
  kernel: rung.split("/")[0]!,
  rung,
  choice: "default" as const,
  part: "forward" as const,
  fused: [],
  operands: [
    { name: "x", role: "in", dtype: "f32", shape: [4], tensor: "relu.out", memory: "arena", slot: 1 },
    { name: "weight", role: "in", dtype: "f32", shape: [2], tensor: "fc.weight", memory: "variable" },
  ] satisfies ExplainedOperand[],
  precision: "f32" as const,
  passes: [{ entryPoint: "main", workgroups: [1, 1, 1] as const }],
  flops: 2000,
  leastBytes: 4000,
  timeUs,
});

it("lays a step's kernels end to end, each with its time and what it moves", () => {
  const kernels = [kernel("relu/02-vec4", 2), kernel("add/01-naive", 3.5), kernel("relu/02-vec4", 0)];
  const sums = { dispatches: 3, flops: 0, operandBytes: 0, leastBytes: 0, arenaBytes: 0, peakLiveBytes: 0 };
  const { traceEvents } = JSON.parse(chromeTrace({ kernels, slots: [], ...sums, gradientBytes: 0 }, "an adapter")) as {
    traceEvents: Record<string, unknown>[];
  };
  const slices = traceEvents.filter(({ ph }) => ph === "X");
  expect(slices.map(({ name, cat, ts, dur }) => [name, cat, ts, dur])).toEqual([
    ["relu/02-vec4", "relu", 0, 2],
    ["add/01-naive", "add", 2, 3.5],
    ["relu/02-vec4", "relu", 5.5, 0],
  ]);
  expect(slices[0]!["args"]).toMatchObject({ tensors: "x[4] weight[2]", "arena slots": "x@1", GFLOPS: 1, "GB/s": 2 });
  expect(JSON.stringify(slices[2])).not.toContain("null");
  expect(traceEvents.filter(({ ph }) => ph === "M").map(({ args }) => args)).toContainEqual({ name: "an adapter" });
});
