import { describe, expect, it } from "vitest";
import { openTestGpu } from "../src/gpu.ts";
import { runKernel } from "../src/run-kernel.ts";
import { doubleKernel, rightFormula } from "./support/double-kernel.ts";

const gpu = await openTestGpu();
const kernel = doubleKernel(rightFormula);
const x = Float32Array.of(1, -2, 3.5);

describe("runKernel", () => {
  it("gives the outputs, cut to their shapes", async () => {
    expect(await runKernel(gpu, kernel, { count: 3 }, { x, unread: x })).toEqual({ out: Float32Array.of(2, -4, 7) });
  });

  it("shows as NaN what the kernel does not write", async () => {
    const { out } = await runKernel(gpu, doubleKernel("if (id.x > 0u) { out[id.x] = x[id.x]; }"), { count: 3 }, { x });
    expect(out).toEqual(Float32Array.of(NaN, -2, 3.5));
  });

  it.each([
    ["missing", {}, 'double: input "x" is f32[3], given nothing'],
    ["short", { x: x.slice(1) }, 'double: input "x" is f32[3], given 2 elements of Float32Array'],
    ["of another type", { x: Uint32Array.from(x) }, 'double: input "x" is f32[3], given 3 elements of Uint32Array'],
  ])("refuses an input that is %s", async (_what, inputs, message) => {
    await expect(runKernel(gpu, kernel, { count: 3 }, inputs as Record<string, typeof x>)).rejects.toThrow(message);
  });

  it("frees its buffers, also where the kernel does not compile", async () => {
    const before = gpu.allocatedBytes;
    await runKernel(gpu, kernel, { count: 3 }, { x });
    await expect(runKernel(gpu, doubleKernel("out[id.x] = y;"), { count: 3 }, { x })).rejects.toThrow(
      "double/01-naive.wgsl",
    );
    expect(gpu.allocatedBytes).toBe(before);
  });
});
