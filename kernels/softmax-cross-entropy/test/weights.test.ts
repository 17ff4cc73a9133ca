import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  confidence,
  softmax,
  weightedCrossEntropyBackward,
  weightedCrossEntropyForward,
  type WeightedCrossEntropyShape,
} from "../src/index.ts";
import { weightedGradientReference, weightedLossReference } from "../src/reference.ts";

const shape: WeightedCrossEntropyShape = { N: 3, C: 2, target: "hard", labelSmoothing: 0, reduction: "mean_all" };
const reductions = ["mean_all", "mean_kept"] as const;
const dLoss = Float32Array.of(1);

describe("weights", async () => {
  const gpu = await openTestGpu();
  const logits = Float32Array.of(1, 2, NaN, 3, 0, 0);
  const loss = async (rung: string, reduction: (typeof reductions)[number], weights: number[], labels: number[]) => {
    const given = { logits, labels: Int32Array.from(labels), weights: Float32Array.from(weights) };
    const { loss: of } = await runKernel(gpu, weightedCrossEntropyForward, { ...shape, reduction }, given, { rung });
    return of[0]!;
  };
  const gradient = async (
    rung: string,
    reduction: (typeof reductions)[number],
    weights: number[],
    labels: number[],
  ) => {
    const given = { logits, labels: Int32Array.from(labels), weights: Float32Array.from(weights), dLoss };
    const { dLogits } = await runKernel(gpu, weightedCrossEntropyBackward, { ...shape, reduction }, given, { rung });
    return [...dLogits];
  };

  describe.each(reductions)("%s", (reduction) => {
    it.each(weightedCrossEntropyForward.rungs.map(({ id }) => id))(
      "%s: a row of weight 0 does not count",
      async (rung) => {
        const kept = reduction === "mean_all" ? 3 : 2;
        const expected = (Math.log(1 + Math.E) + Math.log(2)) / kept;
        expect(await loss(rung, reduction, [1, 0, 1], [0, -7, 1])).toBeCloseTo(expected, 6);
        expect(await loss(rung, reduction, [0, 0, 0], [0, -7, 1])).toBe(0);
        expect(await loss(rung, reduction, [1, 1, 0], [0, 1, 1])).toBeNaN();
        expect(await loss(rung, reduction, [1, 0, 1], [0, 1, 2])).toBeNaN();
        expect(await loss(rung, reduction, [1, 0, NaN], [0, 1, 1])).toBeNaN();
      },
    );

    it.each(weightedCrossEntropyBackward.rungs.map(({ id }) => id))(
      "%s: a row of weight 0 has gradient 0",
      async (rung) => {
        expect((await gradient(rung, reduction, [1, 0, 1], [0, -7, 1])).slice(2, 4)).toEqual([0, 0]);
        expect(await gradient(rung, reduction, [0, 0, 0], [0, -7, 1])).toEqual([0, 0, 0, 0, 0, 0]);
        expect((await gradient(rung, reduction, [1, 0, 1], [0, 1, 2])).slice(4)).toEqual([NaN, NaN]);
      },
    );
  });

  it("the gradient is that of the loss, by differences", () => {
    const inputs = {
      logits: [0.3, -1.2, 0.8, 0.1, 2, -0.5],
      targets: [0.2, 0.7, 0.5, 0.5, 0.9, 0.3],
      weights: [0.5, 2, 0],
      dLoss: [1],
    };
    for (const reduction of reductions) {
      const soft = { ...shape, target: "soft", labelSmoothing: 0.2, reduction } as const;
      const { dLogits } = weightedGradientReference(soft, inputs);
      inputs.logits.forEach((_, at) => {
        const step = 1e-5;
        const lossAt = (by: number): number => {
          const moved = inputs.logits.map((value, i) => (i === at ? value + by : value));
          return weightedLossReference(soft, { ...inputs, logits: moved }).loss[0]!;
        };
        expect(dLogits[at]).toBeCloseTo((lossAt(step) - lossAt(-step)) / (2 * step), 8);
      });
    }
  });

  it("names what is wrong with a shape", () => {
    expect(() => weightedCrossEntropyForward.check({ ...shape, reduction: "sum" as "mean_all" })).toThrow(
      'weighted-cross-entropy-forward: reduction must be "mean_all" or "mean_kept", got "sum"',
    );
    for (const temperature of [0, -1, NaN, Infinity])
      expect(() => softmax.check({ N: 1, C: 2, temperature })).toThrow("softmax: temperature must be a number above 0");
  });

  it("equal logits share exactly, however large, and meet a threshold of their share", async () => {
    const N = 3;
    const equal = Float32Array.of(0, 0, 0, 0, 1e4, 1e4, 1e4, 1e4, -1e4, 1e4, -1e4, NaN);
    const { probabilities } = await runKernel(gpu, softmax, { N, C: 4, temperature: 0.7 }, { logits: equal });
    expect([...probabilities].slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0.25));
    const given = {
      probabilities,
      classes: Int32Array.of(0, 0, 3),
      thresholds: Float32Array.of(0.25, 0, 0, 0),
    };
    const { kept, confidences } = await runKernel(gpu, confidence, { N, C: 4 }, given);
    expect([...kept]).toEqual([1, 1, NaN]);
    expect([...confidences]).toEqual([0.25, 0.25, NaN]);
    const above = { ...given, thresholds: Float32Array.of(0.2500001, 0, 0, 0), classes: Int32Array.of(0, 4, -1) };
    expect([...(await runKernel(gpu, confidence, { N, C: 4 }, above)).kept]).toEqual([0, NaN, NaN]);
  });
});
