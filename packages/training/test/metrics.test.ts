import { describe, expect, it } from "vitest";
import { calibration, confusion, flipRate, mce, topK } from "../src/index.ts";

describe("mce", () => {
  const errors = [
    [0.2, 0.4],
    [0.5, 0.7],
  ];
  const baseline = [
    [0.4, 0.8],
    [0.5, 0.7],
  ];

  it("is the mean of ratios of sums, and 1 for the baseline itself", () => {
    const { ce, mce: mean, meanError, relative } = mce({ errors, baseline });
    expect([...ce, mean, meanError].map((value) => +value.toFixed(9))).toEqual([0.5, 1, 0.75, 0.45]);
    expect(relative).toBeUndefined();
    expect(mce({ errors: baseline, baseline }).mce).toBe(1);
  });

  it("relative: what is lost against clean images, each model's own", () => {
    const { relative } = mce({ errors, baseline, clean: { error: 0.1, baseline: 0.2 } });
    // (0.6 - 0.2) / (1.2 - 0.4) and (1.2 - 0.2) / (1.2 - 0.4)
    expect(relative!.ce.map((value) => +value.toFixed(9))).toEqual([0.5, 1.25]);
    expect(relative!.mce).toBeCloseTo(0.875, 12);
  });

  it("refuses tables that do not fit", () => {
    expect(() => mce({ errors, baseline: [[1, 1]] })).toThrow("the same corruptions and severities");
    expect(() => mce({ errors: [], baseline: [] })).toThrow("there is no corruption");
  });
});

describe("flipRate", () => {
  const predictions = [1, 1, 2, 2, /**/ 3, 4, 3, 4];

  it("compares neighbours, frames further apart, or with the first", () => {
    const rates = (noise: boolean, difficulty?: number) => [
      ...flipRate(predictions, 4, { noise, ...(difficulty && { difficulty }) }).perSequence,
    ];
    expect(rates(false)).toEqual([1 / 3, 1]);
    expect(rates(false, 2)).toEqual([1, 0]);
    expect(rates(true)).toEqual([2 / 3, 2 / 3]);
    expect(rates(true, 3)).toEqual(rates(true));
    expect(flipRate(predictions, 4, { noise: false }).flipProbability).toBeCloseTo(2 / 3, 12);
  });

  it("refuses frames that leave nothing to compare", () => {
    expect(() => flipRate(predictions, 3, { noise: false })).toThrow("8 predictions are no sequences of 3 frames");
    expect(() => flipRate(predictions, 4, { noise: false, difficulty: 4 })).toThrow(
      "4 frames leave none to compare 4 apart",
    );
    expect(() => flipRate([], 4, { noise: true })).toThrow("no sequences of 4 frames");
  });
});

describe("calibration", () => {
  it("puts confidences on an edge into the lower bin, and weighs gaps by images", () => {
    const result = calibration([0.5, 0.5, 1, 0, 0.4, 0.6, 0.25, 0.75], [0, 0, 0, 1], 2);
    expect([...result.binCount]).toEqual([1, 3]);
    expect([...result.binAccuracy]).toEqual([1, 2 / 3]);
    expect(result.binConfidence[1]).toBeCloseTo((1 + 0.6 + 0.75) / 3, 12);
    const gap = (1 + 0.6 + 0.75) / 3 - 2 / 3;
    expect(result.ece).toBeCloseTo(0.25 * 0.5 + 0.75 * gap, 12);
    expect(result.maximumGap).toBeCloseTo(0.5, 12);
    expect(result.brier).toBeCloseTo((0.5 + 0 + 0.72 + 0.125) / 4, 12);
    expect(result.nll).toBeCloseTo(-(Math.log(0.5) + Math.log(0.4) + Math.log(0.75)) / 4, 12);
  });

  it("finds every edge's bin, whatever the product rounds to", () => {
    for (const bins of [1, 3, 7, 10, 15, 49]) {
      for (let k = 1; k <= bins; k += 1) {
        const { binCount } = calibration([k / bins, -1], [0], bins); // -1: never the greatest
        expect(binCount.indexOf(1)).toBe(k - 1);
      }
    }
  });

  it("bounds the loss of a label that got no probability", () => {
    expect(calibration([1, 0], [1], 10).nll).toBeCloseTo(-Math.log(1e-12), 9);
  });

  it("refuses what does not fit", () => {
    expect(() => calibration([1, 0, 1], [0, 0], 10)).toThrow("3 probabilities are no rows of 2 images");
    expect(() => calibration([1, 0], [2], 10)).toThrow("the label of image 0 is 2, and there are 2 classes");
    expect(() => calibration([1, 0], [0], 0)).toThrow("bins must be a positive integer, got 0");
  });
});

describe("confusion", () => {
  it("counts by label and prediction, and leaves classes without images out of the mean", () => {
    const result = confusion([0, 1, 1, 3], [0, 0, 1, 1], 4);
    expect([...result.matrix]).toEqual([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...result.support]).toEqual([2, 2, 0, 0]);
    expect([...result.perClassAccuracy]).toEqual([0.5, 0.5, 0, 0]);
    expect([result.macroAccuracy, result.accuracy]).toEqual([0.5, 0.5]);
  });

  it("refuses what does not fit", () => {
    expect(() => confusion([0], [0, 1], 2)).toThrow("1 predictions for 2 labels");
    expect(() => confusion([2], [0], 2)).toThrow("the prediction of image 0 is 2, and there are 2 classes");
    expect(() => confusion([0], [-1], 2)).toThrow("the label of image 0 is -1");
  });
});

describe("topK", () => {
  it("ranks equal logits by class, and takes a k above the classes", () => {
    const { rank, accuracy } = topK([1, 1, 0, 2, 3, 1, 0, 0, 5], [1, 0, 0], [1, 2, 9]);
    expect([...rank]).toEqual([1, 1, 1]);
    expect(accuracy).toEqual([0, 1, 1]);
    expect([...topK([1, 1], [0], [1]).rank]).toEqual([0]);
  });

  it("refuses what does not fit", () => {
    expect(() => topK([1, 2, 3], [0, 0], [1])).toThrow("3 logits are no rows of 2 images");
    expect(() => topK([1, 2], [2], [1])).toThrow("the label of image 0 is 2");
  });
});
