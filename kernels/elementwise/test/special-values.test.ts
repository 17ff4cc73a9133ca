import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { relu, reluBackward } from "../src/index.ts";
import { reluBackwardReference, reluReference } from "../src/reference.ts";

const x = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30, 3);
const reluOfX = [NaN, Infinity, 0, 0, 0, Math.fround(1e-30), 0, 3];

const out = Float32Array.of(NaN, Infinity, 0, -0, 1e-30, 2, 2, 0);
const dOut = Float32Array.of(1, 2, 3, 4, 5, NaN, -Infinity, NaN);
const dX = [1, 2, 0, 0, 5, NaN, -Infinity, 0];

/** 0 equals -0 here. */
const plain = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value + 0);

describe("NaN, infinities and zeros, as in PyTorch", async () => {
  const gpu = await openTestGpu();
  it("references", () => {
    expect(plain(reluReference(x))).toEqual(reluOfX);
    expect(plain(reluBackwardReference(out, dOut))).toEqual(dX);
  });
  for (const { id } of relu.rungs) {
    it(`rung ${id}`, async () => {
      const result = await runKernel(gpu, relu, { count: 8 }, { x }, { rung: id });
      expect(plain(result.out)).toEqual(reluOfX);
    });
  }
  for (const { id } of reluBackward.rungs) {
    it(`rung ${id}`, async () => {
      const result = await runKernel(gpu, reluBackward, { count: 8 }, { out, dOut }, { rung: id });
      expect(plain(result.dX)).toEqual(dX);
    });
  }
});
