import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { maxPool2dForward, type MaxPool2dShape } from "../src/index.ts";
import { maxPool2dForwardReference } from "../src/reference.ts";

// One row of three windows of three values in each of four channels; the third window ends on padding.
const shape: MaxPool2dShape = { N: 1, IH: 1, IW: 8, C: 4, kernel: 3, stride: 3, padding: 1 };
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Channel by channel the row of pixels, the winners, and their columns in the window's middle row. */
const channels = [
  { row: [nan, 1, 2, nan, 3, 4, 5, nan], out: [nan, nan, nan], column: [1, 1, 2] },
  { row: [1, nan, nan, 2, nan, inf, 1, 2], out: [nan, nan, inf], column: [2, 2, 0] },
  { row: [-inf, -inf, -inf, -inf, -inf, -1, -inf, -inf], out: [-inf, -inf, -1], column: [1, 0, 0] },
  { row: [-0, 0, 0, -0, 0, -5, -5, -6], out: [0, 0, -5], column: [1, 0, 0] },
];

const x = Float32Array.from({ length: 32 }, (_, i) => channels[i % 4].row[Math.floor(i / 4)]);
const expectedOut = Array.from({ length: 12 }, (_, i) => channels[i % 4].out[Math.floor(i / 4)]);
// The row of pixels is the middle one of three, above and below it lies padding.
const expectedArgmax = Array.from({ length: 12 }, (_, i) => 3 + channels[i % 4].column[Math.floor(i / 4)]);

/** NaN equals NaN here, and 0 equals -0. */
function expectWinners({ out, argmax }: { out: ArrayLike<number>; argmax: ArrayLike<number> }): void {
  expect(Array.from(out, (value) => value + 0)).toEqual(expectedOut);
  expect(Array.from(argmax)).toEqual(expectedArgmax);
}

describe("NaN wins, the last one of several, and infinities compare, as in PyTorch", async () => {
  const gpu = await openTestGpu();
  it("reference", () => expectWinners(maxPool2dForwardReference(shape, x)));
  for (const { id } of maxPool2dForward.rungs) {
    it(`rung ${id}`, async () => {
      const { out, argmax } = await runKernel(gpu, maxPool2dForward, shape, { x }, { rung: id });
      expectWinners({ out, argmax });
    });
  }
});
