import { expect, it } from "vitest";
import { fromTorch, toTorch } from "../src/index.ts";

/** Counts up, so that each element says where it came from. */
const counting = (count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, index) => index);

it("a convolution's weight: ours[kh,kw,ic,oc] is PyTorch's [oc,ic,kh,kw]", () => {
  const [KH, KW, IC, OC] = [2, 3, 4, 5] as const;
  const { shape, data } = toTorch(counting(KH * KW * IC * OC), [KH, KW, IC, OC]);
  expect(shape).toEqual([OC, IC, KH, KW]);
  for (let oc = 0; oc < OC; oc += 1)
    for (let ic = 0; ic < IC; ic += 1)
      for (let kh = 0; kh < KH; kh += 1)
        for (let kw = 0; kw < KW; kw += 1) {
          expect(data[((oc * IC + ic) * KH + kh) * KW + kw]).toBe(((kh * KW + kw) * IC + ic) * OC + oc);
        }
});

it("a linear weight: ours[in,out] is PyTorch's [out,in]", () => {
  expect(toTorch(counting(6), [3, 2])).toEqual({ shape: [2, 3], data: new Float32Array([0, 2, 4, 1, 3, 5]) });
});

it("a vector stays, in memory of its own", () => {
  const vector = counting(3);
  const { shape, data } = toTorch(vector, [3]);
  vector.fill(9);
  expect({ shape, data }).toEqual({ shape: [3], data: counting(3) });
});

it.each([[[3, 2, 4, 5]], [[7, 3]], [[6]], [[3, 3, 0, 2]]])("%o goes there and back", (shape) => {
  const data = counting(shape.reduce((product, size) => product * size, 1));
  const there = toTorch(data, shape);
  expect(fromTorch(there.data, there.shape)).toEqual({ shape, data });
});

it("refuses a rank that no parameter of torchvision's has", () => {
  expect(() => toTorch(counting(1), [])).toThrow("shape [] has no counterpart");
  expect(() => fromTorch(counting(8), [2, 2, 2])).toThrow("shape [2,2,2] has no counterpart");
});
