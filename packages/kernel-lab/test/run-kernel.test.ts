import { inout, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { KernelTensors, runKernel } from "../src/run-kernel.ts";
import { doubleKernel, moduleOf } from "./support/double-kernel.ts";
import { openGpu } from "./support/open-gpu.ts";

const gpu = await openGpu();
const id = "double/01-naive";
const kernel = doubleKernel({ id });
const x = Float32Array.of(1, -2, 3.5);

describe("runKernel", () => {
  it("gives the outputs, cut to their shapes", async () => {
    expect(await runKernel(gpu, kernel, { count: 3 }, { x, unread: x })).toEqual({ out: Float32Array.of(2, -4, 7) });
  });

  it("shows as NaN what the kernel does not write", async () => {
    const skipping = doubleKernel({ id, source: moduleOf("if (i > 0u) { out[i] = x[i]; }") });
    const { out } = await runKernel(gpu, skipping, { count: 3 }, { x });
    expect(out).toEqual(Float32Array.of(NaN, -2, 3.5));
  });

  it("poisons outputs of any size to their ends", async () => {
    const count = 300_001;
    const writesNothing = doubleKernel({ id, source: moduleOf("if (x[i] > 2.0) { out[i] = x[i]; }") });
    const { out } = await runKernel(gpu, writesNothing, { count }, { x: new Float32Array(count) });
    expect(out!.length).toBe(count);
    expect(out!.every(Number.isNaN)).toBe(true);
  });

  it.each([
    ["missing", {}, 'double: input "x" is f32[3], given nothing'],
    ["short", { x: x.slice(1) }, 'double: input "x" is f32[3], given 2 elements of Float32Array'],
    ["of another type", { x: Uint32Array.from(x) }, 'double: input "x" is f32[3], given 3 elements of Uint32Array'],
  ])("refuses an input that is %s", async (_what, inputs, message) => {
    const before = gpu.allocatedBytes;
    await expect(runKernel(gpu, kernel, { count: 3 }, inputs as Record<string, typeof x>)).rejects.toThrow(message);
    expect(gpu.allocatedBytes).toBe(before);
  });

  it("frees its buffers, also where the kernel does not compile", async () => {
    const before = gpu.allocatedBytes;
    await runKernel(gpu, kernel, { count: 3 }, { x });
    const broken = doubleKernel({ id, source: moduleOf("out[i] = y;") });
    await expect(runKernel(gpu, broken, { count: 3 }, { x })).rejects.toThrow("double/01-naive.wgsl");
    expect(gpu.allocatedBytes).toBe(before);
  });
});

describe("KernelTensors", () => {
  it("begin every run with the inputs and poison, whatever ran before", async () => {
    const adding = {
      ...doubleKernel({ id, source: moduleOf("out[i] += x[i];") }),
      tensors: ({ count }: { count: number }) => ({ ...kernel.tensors({ count }), out: inout([count]) }),
    };
    const plan = planKernel(adding, { count: 3 }, { device: gpu.traits });
    const tensors = new KernelTensors(gpu, plan, { x, out: Float32Array.of(10, 20, 30) });
    const loaded = await tensors.load(plan);
    for (let run = 0; run < 2; run += 1) expect(await loaded.run()).toEqual({ out: Float32Array.of(11, 18, 33.5) });
    tensors.free();
  });
});
