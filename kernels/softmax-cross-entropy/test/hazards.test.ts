import type { Kernel } from "@fledge/runtime";
import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  countCorrect,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  topOne,
} from "../src/index.ts";
import type { SoftmaxCrossEntropyShape } from "../src/index.ts";

const hard: SoftmaxCrossEntropyShape = { N: 2, C: 3, target: "hard", labelSmoothing: 0 };
const rungs = <Shape>(kernel: Kernel<Shape>): string[] => kernel.rungs.map(({ id }) => id);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe("hazards", async () => {
  const gpu = await openTestGpu();

  const dLoss = Float32Array.of(1);
  const lossOf = async (
    kernel: Kernel<SoftmaxCrossEntropyShape>,
    rung: string,
    logits: number[],
    labels: number[],
    labelSmoothing = 0,
  ): Promise<number> => {
    const inputs = { logits: Float32Array.from(logits), labels: Int32Array.from(labels), dLoss };
    const { loss } = await runKernel(gpu, kernel, { ...hard, labelSmoothing }, inputs, { rung });
    return loss[0];
  };

  for (const kernel of [softmaxCrossEntropyForward, softmaxCrossEntropyWithGradient]) {
    describe.each(rungs(kernel))("loss of %s", (rung) => {
      it.each([3, -1, -100, 2 ** 31 - 1, -(2 ** 31)])("is NaN for the label %d", async (label) => {
        expect(await lossOf(kernel, rung, [1, 2, 3, 1, 2, 3], [0, label])).toBeNaN();
        expect(await lossOf(kernel, rung, [1, 2, 3, 1, 2, 3], [label, 0], 0.1)).toBeNaN();
      });

      it.each([nan, infinity])("shows a logit of %d", async (value) => {
        expect(await lossOf(kernel, rung, [1, value, 3, 1, 2, 3], [0, 0])).toBeNaN();
        expect(await lossOf(kernel, rung, [value, 1, 3, 1, 2, 3], [0, 0])).toBeNaN();
      });

      it("takes a logit of -infinity for a class that cannot be", async () => {
        expect(await lossOf(kernel, rung, [0, -infinity, 0, 0, 0, -infinity], [0, 1])).toBeCloseTo(Math.log(2), 6);
        expect(await lossOf(kernel, rung, [-infinity, 0, 0, 0, 0, -infinity], [1, 1])).toBeCloseTo(Math.log(2), 6);
      });
    });
  }

  for (const kernel of [softmaxCrossEntropyBackward, softmaxCrossEntropyWithGradient]) {
    describe.each(rungs(kernel))("gradient of %s", (rung) => {
      it.each([3, -1, -100])("is a row of NaN for the label %d", async (label) => {
        const inputs = { logits: new Float32Array(6), labels: Int32Array.of(label, 2), dLoss };
        const { dLogits } = await runKernel(gpu, kernel, hard, inputs, { rung });
        expect([...dLogits].map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
      });
    });
  }

  it.each(rungs(topOne))("%s takes the first of equal logits, and the first NaN before any number", async (rung) => {
    const rows = [
      [1, 4, 4],
      [-5, -5, -5],
      [9, nan, nan],
      [nan, 9, infinity],
      [-infinity, -7, -infinity],
    ];
    const outputs = await runKernel(gpu, topOne, { N: 5, C: 3 }, { logits: Float32Array.from(rows.flat()) }, { rung });
    expect([...outputs.classes]).toEqual([1, 0, 1, 0, 1]);
    const [first, equal, second, third, last] = outputs.probabilities;
    expect(first).toBeCloseTo(1 / (2 + Math.exp(-3)), 6);
    expect(equal).toBeCloseTo(1 / 3, 6);
    expect([second, third]).toEqual([NaN, NaN]);
    expect(last).toBe(1);
  });

  it.each(rungs(countCorrect))("%s counts what top-one gives, and no label that is no class", async (rung) => {
    const rows = [
      [1, 4, 4],
      [-5, -5, -5],
      [9, nan, nan],
      [1, 2, 3],
      [1, 2, 3],
    ];
    const labelled = (labels: number[]) => ({
      logits: Float32Array.from(rows.flat()),
      labels: Int32Array.from(labels),
    });
    const count = async (labels: number[]): Promise<number> =>
      (await runKernel(gpu, countCorrect, { N: 5, C: 3 }, labelled(labels), { rung })).correct[0];
    expect(await count([1, 0, 1, 2, 2])).toBe(5);
    expect(await count([2, 1, 0, 0, 1])).toBe(0);
    expect(await count([1, 0, 3, -1, -100])).toBe(2);
  });
});
