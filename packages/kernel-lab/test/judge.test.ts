import { inout, output, type KernelPlan } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { judgeOutputs, judgeUntouched } from "../src/judge.ts";
import type { TensorData } from "../src/run-kernel.ts";

type Bound = number | Float64Array;
const judge = (out: TensorData, expected: readonly number[], bound?: Bound, factor?: number) =>
  judgeOutputs({ out }, { out: Float64Array.from(expected) }, bound === undefined ? {} : { out: bound }, factor);
const mismatch = (...args: Parameters<typeof judge>): string | null => judge(...args).mismatch;

describe("judgeOutputs", () => {
  it("takes a bound for all elements or one for each, and demands equality without one", () => {
    const out = Float32Array.of(1, 2.125);
    expect(mismatch(out, [1, 2], 0.125)).toBeNull();
    expect(mismatch(out, [1, 2], Float64Array.of(0, 0.125))).toBeNull();
    expect(mismatch(out, [1, 2], Float64Array.of(0.125, 0))).toBe("out[1] is 2.125, expected 2 within 0");
    expect(mismatch(out, [1, 2])).toBe("out[1] is 2.125, expected 2 within 0");
    expect(mismatch(new Float32Array(0), [], 0)).toBeNull();
    expect(mismatch(Uint8Array.of(255), [255])).toBeNull();
    expect(mismatch(Uint32Array.of(4294967295), [4294967294])).toBe(
      "out[0] is 4294967295, expected 4294967294 within 0",
    );
  });

  it("tells values by the digits of an f32, and by all that there are where they are the same by those", () => {
    expect(mismatch(Float32Array.of(0.1), [0.123456789012345], 1.23456789e-7)).toBe(
      "out[0] is 0.100000001, expected 0.123456789 within 1.235e-7",
    );
    expect(mismatch(Float32Array.of(0.1), [0.1000000014], 0)).toBe(
      "out[0] is 0.10000000149011612, expected 0.1000000014 within 0",
    );
  });

  it("names the element furthest outside its bound, and how many others are", () => {
    const out = Float32Array.of(1, 5, 9);
    expect(mismatch(out, [1, 2, 3], 1)).toBe("out[2] is 9, expected 3 within 1, and 1 more of 3 are outside");
    expect(mismatch(out, [1, 2, 3], Float64Array.of(0, 0, 5.5))).toBe(
      "out[1] is 5, expected 2 within 0, and 1 more of 3 are outside",
    );
    expect(mismatch(Float32Array.of(NaN, 500, 0), [0, 0, 0], 1)).toBe(
      "out[0] is NaN, expected 0 within 1, and 1 more of 3 are outside",
    );
  });

  it.each([NaN, Infinity, -Infinity])("never takes %d for a number", (value) => {
    expect(mismatch(Float32Array.of(100, value), [100, 0], 1)).toBe(`out[1] is ${value}, expected 0 within 1`);
  });

  it("never lets NaN pass, be the bound as wide as it will", () => {
    expect(mismatch(Float32Array.of(NaN), [1], Infinity)).toBe("out[0] is NaN, expected 1 within Infinity");
    expect(mismatch(Float32Array.of(1), [NaN], Infinity)).toBe("out[0] is 1, expected NaN within Infinity");
  });

  it("never takes a bound that is missing or NaN for one that holds", () => {
    expect(mismatch(Float32Array.of(1), [1], NaN)).toBe("out[0] is 1, expected 1 within NaN");
    expect(mismatch(Float32Array.of(1, 1), [1, 1], Float64Array.of(0))).toBe(
      "out[1] is 1, expected 1 within undefined",
    );
  });

  it("gives the largest error over its bound", () => {
    expect(judge(Float32Array.of(1.125, 2), [1, 2], 0.25).worstError).toBe(0.5);
    expect(judge(Float32Array.of(1.125, 2.125), [1, 2], Float64Array.of(1, 0.125)).worstError).toBe(1);
    expect(judge(Float32Array.of(1, 2), [1, 2], 0).worstError).toBe(0);
    expect(judge(Float32Array.of(1, 3), [1, 2], 0.25).worstError).toBe(Infinity);
  });

  it("widens the bounds by a rung's factor, one for each element to the mean at least", () => {
    const out = Float32Array.of(1.25, 2);
    expect(mismatch(out, [1, 2], 0.125, 2)).toBeNull();
    expect(judge(out, [1, 2], 0.125, 4).worstError).toBe(0.5);
    expect(mismatch(out, [1, 2], 0.125, 1.5)).toBe("out[0] is 1.25, expected 1 within 0.1875");
    expect(mismatch(out, [1, 2], Float64Array.of(0, 0.25), 2)).toBeNull();
    expect(mismatch(out, [1, 2], Float64Array.of(0, 0.25), 1.5)).toBe("out[0] is 1.25, expected 1 within 0.1875");
  });

  it("demands every tensor, at its length, and none that it does not know", () => {
    const out = Float32Array.of(1);
    expect(mismatch(out, [1, 2])).toBe("out has 1 elements, the reference 2");
    expect(judgeOutputs({}, { out }, {}).mismatch).toBe('there is no output "out"');
    expect(judgeOutputs({ out, more: out }, { out }, {}).mismatch).toBe('the reference does not give "more"');
  });
});

describe("judgeUntouched", () => {
  const plan: KernelPlan = {
    kernel: "k",
    rung: "k/00-noop",
    scratch: {},
    dispatches: [],
    features: [],
    flops: 0,
    leastBytes: 0,
    tensors: { out: output([2]), sum: inout([1], "u32") },
  };
  const poisoned = new Float32Array(new Uint8Array(8).fill(0xff).buffer);

  it("wants outputs with every bit set, and tensors that are updated in place as they came", () => {
    const inputs = { sum: Uint32Array.of(7) };
    const told = (out: Float32Array<ArrayBuffer>, sum: number): string | null =>
      judgeUntouched({ out, sum: Uint32Array.of(sum) }, plan, inputs).mismatch;
    expect(told(poisoned, 7)).toBeNull();
    expect(told(poisoned, 8)).toBe("it writes sum");
    expect(told(Float32Array.of(NaN, NaN), 7)).toBe("it writes out");
  });
});
