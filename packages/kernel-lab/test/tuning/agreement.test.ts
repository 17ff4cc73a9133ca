import { inout, input, output, type KernelPlan } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import type { TensorData, Tensors } from "../../src/run-kernel.ts";
import { checkAgreement, roundingsOf } from "../../src/tuning/agreement.ts";
import { makeUpInputs } from "../../src/tuning/made-up-inputs.ts";

describe("made-up inputs", () => {
  const tensors = {
    x: input([300, 300]),
    again: inout([300, 300]),
    variance: input([70_000], "f32", [0.5, 2]),
    labels: input([70_000], "i32", [0, 10]),
    flags: input([70_000], "u32"),
    images: input([70_000], "u8"),
    step: input([], "u32", [1, 9]),
    out: output([5]),
  };
  const { x, again, ...others } = makeUpInputs(tensors);

  it("are what the kernel reads, seeded, and other values in each tensor", () => {
    expect(Object.keys(makeUpInputs(tensors))).toEqual(Object.keys(tensors).filter((name) => name !== "out"));
    expect(makeUpInputs(tensors)["x"]).toEqual(x);
    expect(again).not.toEqual(x);
  });

  it("of floats have no zeros, both signs, a mean that does not vanish, and outliers", () => {
    const values = [...x!];
    expect(values.every((value) => value !== 0 && Number.isInteger(16 * value))).toBe(true);
    expect(values.some((value) => value < 0)).toBe(true);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeGreaterThan(0.2);
    const outliers = values.filter((value) => Math.abs(value) > 1).length / values.length;
    expect(outliers).toBeGreaterThan(0.01);
    expect(outliers).toBeLessThan(0.02);
  });

  it("do not repeat from row to row", () => {
    for (const row of [1, 64, 128, 218, 219]) {
      const same = x!.subarray(0, 300).filter((value, i) => value === x![300 * row + i]);
      expect(same.length).toBeLessThan(60);
    }
  });

  it.each<[keyof typeof others, number, number]>([
    ["variance", 0.5, 1.9375],
    ["labels", 0, 9],
    ["flags", 0, 1],
    ["images", 0, 255],
  ])("of %s fill their range", (name, least, most) => {
    const values = others[name]!;
    expect([Math.min(...values), Math.max(...values)]).toEqual([least, most]);
  });

  it("of a count are one of those that it may be", () => {
    expect(others["step"]).toHaveLength(1);
    expect(others["step"]![0]).toBeGreaterThan(0);
  });
});

/** A kernel that sums `terms` products for each of a few elements, in f32, by the order and terms that a test gives. */
function dotProducts(terms: number): {
  plan: KernelPlan;
  sum: (order: (k: number) => number | null) => Record<string, TensorData>;
} {
  const count = 8;
  const tensors = { a: input([count, terms]), b: input([count, terms]), out: output([count]) };
  const { a, b } = makeUpInputs(tensors);
  const dot = (row: number, order: (k: number) => number | null): number => {
    let sum = 0;
    for (let k = 0; k < terms; k += 1) {
      const place = order(k);
      if (place !== null) sum = Math.fround(sum + a![row * terms + place]! * b![row * terms + place]!);
    }
    return sum;
  };
  return {
    plan: {
      kernel: "dot",
      rung: "dot/01-naive",
      tensors,
      scratch: {},
      dispatches: [],
      features: [],
      flops: 2 * count * terms,
      leastBytes: 0,
    },
    sum: (order) => ({ out: Float32Array.from({ length: count }, (_, row) => dot(row, order)) }),
  };
}

/** The check of outputs against those of a reference rung. */
function agreementWith(plan: KernelPlan, expected: Tensors): (actual: Tensors, factor: number) => void {
  const roundings = roundingsOf(plan, expected);
  return (actual, factor) => checkAgreement(plan, expected, roundings, actual, factor);
}

describe("agreement with the reference rung", () => {
  it.each([9, 576, 4608, 100_000])("takes %d products summed in another order", (terms) => {
    const { plan, sum } = dotProducts(terms);
    const agree = agreementWith(
      plan,
      sum((k) => k),
    );
    expect(() =>
      agree(
        sum((k) => terms - 1 - k),
        1,
      ),
    ).not.toThrow();
    const strided = (k: number): number => (k * 7) % terms;
    expect(() => agree(sum(terms % 7 === 0 ? (k) => k : strided), 1)).not.toThrow();
  });

  it.each([
    [9, 1],
    [576, 1],
    [4608, 1],
    [100_000, 100],
  ])("refuses sums of %d products without the last %d, or with them twice", (terms, lost) => {
    const { plan, sum } = dotProducts(terms);
    const agree = agreementWith(
      plan,
      sum((k) => k),
    );
    expect(() =>
      agree(
        sum((k) => (k < terms - lost ? k : null)),
        1,
      ),
    ).toThrow(/^it disagrees with dot\/01-naive: out\[/);
    expect(() =>
      agree(
        sum((k) => (k < lost ? terms - 1 - k : k)),
        1,
      ),
    ).toThrow("it disagrees with dot/01-naive");
  });

  it.each([NaN, Infinity])("cannot be had of a reference rung that gives %d", (value) => {
    const { plan } = dotProducts(9);
    expect(() => agreementWith(plan, { out: new Float32Array(8).fill(value) })).toThrow(
      "its out holds what is no finite number",
    );
  });

  it("is equality for integers", () => {
    const { plan } = dotProducts(9);
    const counts = { ...plan, tensors: { out: output([2], "u32") } };
    const agree = agreementWith(counts, { out: Uint32Array.of(1e9, 5) });
    expect(() => agree({ out: Uint32Array.of(1e9, 5) }, 100)).not.toThrow();
    expect(() => agree({ out: Uint32Array.of(1e9 + 1, 5) }, 100)).toThrow("within 0");
  });
});
