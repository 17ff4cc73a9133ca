import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { dropout, dropoutDrawn, dropPathBackward, dropPathForward } from "../src/index.ts";
import { dropoutReference, dropPathForwardReference } from "../src/reference.ts";

const gpu = await openTestGpu();
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
/** As plain numbers, -0 being 0. */
const list = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);

describe("dropout: what is dropped is 0 whatever it was, and at rate 1 everything is", () => {
  const x = Float32Array.of(nan, inf, -inf, 3, nan, inf, -inf, 3);
  const keep = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
  const half = [0, 0, 0, 0, nan, inf, -inf, 6];
  it("reference", () => {
    expect(list(dropoutReference({ count: 8, rate: 0.5 }, x, keep))).toEqual(half);
    expect(list(dropoutReference({ count: 8, rate: 1 }, x, new Int32Array(8)))).toEqual(Array(8).fill(0));
  });
  for (const { id: rung } of dropout.rungs) {
    it(rung, async () => {
      const { out } = await runKernel(gpu, dropout, { count: 8, rate: 0.5 }, { x, keep }, { rung });
      expect(list(out)).toEqual(half);
      const all = await runKernel(gpu, dropout, { count: 8, rate: 1 }, { x, keep: new Int32Array(8) }, { rung });
      expect(list(all.out)).toEqual(Array(8).fill(0));
    });
  }
  for (const { id: rung } of dropoutDrawn.rungs) {
    it(rung, async () => {
      const shape = { N: 2, C: 4, rate: 1, layer: 0 };
      const { out } = await runKernel(gpu, dropoutDrawn, shape, { x, keys: Uint32Array.of(1, 2) }, { rung });
      expect(list(out)).toEqual(Array(8).fill(0));
    });
  }
});

describe("drop path: a dropped branch adds nothing whatever it is, and ReLU keeps NaN", () => {
  const shape = { N: 2, size: 4, survival: 0.5, relu: true };
  const inputs = {
    identity: Float32Array.of(1, -1, nan, inf, 1, -1, nan, 0),
    branch: Float32Array.of(nan, inf, 1, nan, nan, 2, 1, -inf),
    keep: Int32Array.of(0, 1),
  };
  const expected = [1, 0, nan, inf, nan, 3, nan, 0];
  it("reference", () => {
    const { identity, branch, keep } = inputs;
    expect(list(dropPathForwardReference(shape, identity, branch, keep))).toEqual(expected);
  });
  for (const { id: rung } of dropPathForward.rungs)
    it(rung, async () => {
      expect(list((await runKernel(gpu, dropPathForward, shape, inputs, { rung })).out)).toEqual(expected);
    });
  for (const { id: rung } of dropPathBackward.rungs)
    it(`${rung}: the gradient at 0 is 0, and passes where the result is NaN`, async () => {
      const out = Float32Array.of(0, 2, nan, 0, 0, 2, nan, 0);
      const dOut = Float32Array.of(5, 6, 7, nan, 5, 6, 7, nan);
      const gradients = await runKernel(gpu, dropPathBackward, shape, { out, dOut, keep: inputs.keep }, { rung });
      expect(list(gradients.dIdentity)).toEqual([0, 6, 7, 0, 0, 6, 7, 0]);
      expect(list(gradients.dBranch)).toEqual([0, 0, 0, 0, 0, 12, 14, 0]);
    });
});
