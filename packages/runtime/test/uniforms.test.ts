import { describe, expect, it } from "vitest";
import { UniformPool } from "../src/uniforms.ts";
import { openGpu } from "./support/open-gpu.ts";

const { gpu, device } = await openGpu();
const block = (...values: number[]): ArrayBuffer => Uint32Array.from(values).buffer;

describe("UniformPool", () => {
  it("gives equal contents one place and different contents different ones, aligned", () => {
    const pool = new UniformPool(device);
    const [a, b, again] = [pool.slice(block(1, 2, 3, 4)), pool.slice(block(1, 2, 3, 5)), pool.slice(block(1, 2, 3, 4))];
    expect(again).toBe(a);
    expect(b.buffer).toBe(a.buffer);
    expect(b.offset! - a.offset!).toBe(Math.max(16, device.limits.minUniformBufferOffsetAlignment));
    expect([a.size, b.size]).toEqual([16, 16]);
    pool.destroy();
  });

  it("begins another buffer when one is full", () => {
    const pool = new UniformPool(device);
    const slices = Array.from({ length: 5000 }, (_, index) => pool.slice(block(index, 0, 0, 0)));
    for (const { buffer, offset, size } of slices) expect(offset! + size!).toBeLessThanOrEqual(buffer.size);
    expect(new Set(slices.map(({ buffer }) => buffer)).size).toBe(
      Math.ceil(5000 / (65536 / Math.max(16, device.limits.minUniformBufferOffsetAlignment))),
    );
    pool.destroy();
    expect(() => gpu.throwIfFailed()).not.toThrow();
  });
});
