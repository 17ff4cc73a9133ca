import { describe, expect, it } from "vitest";
import { permute, toNchw, toNhwc } from "../src/index.ts";

/** 0, 1, 2, ... */
const counted = (length: number): Float32Array<ArrayBuffer> => Float32Array.from({ length }, (_, i) => i);

describe("layouts", () => {
  it("moves an axis to its place", () => {
    expect(permute(counted(6), [2, 3], [1, 0])).toEqual({ shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) });
    expect(permute(new Float32Array(0), [2, 0], [1, 0])).toEqual({ shape: [0, 2], data: new Float32Array(0) });
  });

  it("puts the channels last, and back", () => {
    const [N, C, H, W] = [2, 3, 4, 5];
    const nchw = counted(N * C * H * W);
    const { shape, data } = toNhwc(nchw, [N, C, H, W]);
    expect(shape).toEqual([N, H, W, C]);
    const at = (n: number, c: number, h: number, w: number): number => ((n * C + c) * H + h) * W + w;
    expect(data[((1 * H + 2) * W + 3) * C + 1]).toBe(at(1, 1, 2, 3));
    expect(toNchw(data, shape)).toEqual({ shape: [N, C, H, W], data: nchw });
  });

  it("copies what has no channels of pixels", () => {
    const vector = counted(3);
    const { shape, data } = toNhwc(vector, [3]);
    expect([shape, data]).toEqual([[3], vector]);
    expect(data).not.toBe(vector);
  });
});
