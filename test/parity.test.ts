// What `parity/parity.ts` makes of its numbers. The comparison itself needs PyTorch and is no test: parity/README.md.
import { describe, expect, it } from "vitest";
import { agreementOf, differenceOf, shortcomings, type Measured } from "./parity/compare.ts";

describe("differenceOf", () => {
  it("is relative to the second curve, step by step", () => {
    expect(differenceOf([1, 3], [2, 4])).toEqual({ max: 0.5, mean: 0.375, byStep: [0.5, 0.25] });
  });

  it("refuses losses that are not finite and curves of different lengths", () => {
    expect(() => differenceOf([1, NaN], [1, 2])).toThrow("the loss of step 1 is NaN against 2");
    expect(() => differenceOf([1], [1, 2])).toThrow("1 losses against 2");
  });
});

describe("agreementOf", () => {
  const theirs = Float32Array.of(3, 0, 0, 4);

  it("measures all logits together and counts the rows with the same greatest one", () => {
    const { relativeError, ...counts } = agreementOf(Float32Array.of(3, 0, 5, 4), theirs, 2);
    expect(relativeError).toBeCloseTo(1, 12);
    expect(counts).toEqual({ samePredictions: 1, images: 2 });
  });

  it("refuses logits that are not finite", () => {
    expect(() => agreementOf(Float32Array.of(3, 0, NaN, 4), theirs, 2)).toThrow("not finite");
  });
});

describe("shortcomings", () => {
  const curve = (mean: number) => ({ max: mean, mean, byStep: [mean] });
  const checkpoint = { relativeError: 1e-6, samePredictions: 16, images: 16 };
  const measured: Measured = {
    differences: { ours: curve(0.02), torchFloat32: curve(0.01) },
    singleSteps: [{ step: 5, ours: 1e-7 }],
    checkpoints: { oursInTorch: checkpoint },
  };

  it("finds none where the curves part as far as PyTorch's own", () => {
    expect(shortcomings(measured)).toEqual([]);
  });

  it("names a curve, a single step and a checkpoint that are too far off, NaN included", () => {
    const found = shortcomings({
      differences: { ours: curve(0.04), torchFloat32: curve(0.01) },
      singleSteps: [{ step: 5, ours: NaN }],
      checkpoints: { oursInTorch: { ...checkpoint, relativeError: 1e-3, samePredictions: 15 } },
    });
    expect(found.map((text) => text.split(" is off")[0])).toEqual([
      "the mean of our losses",
      "our loss from PyTorch's weights at step 5",
      "checkpoint oursInTorch",
      "checkpoint oursInTorch: 1 of 16 predictions differ",
    ]);
  });
});
