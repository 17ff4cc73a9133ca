import { describe, expect, it } from "vitest";
import { baselineDevice } from "../src/device-traits.ts";
import { GpuOutOfMemoryError } from "../src/errors.ts";
import { planKernel } from "../src/plan-kernel.ts";
import { addKernel } from "./support/add-kernel.ts";
import { openGpu } from "./support/open-gpu.ts";

const { gpu, device } = await openGpu();
const plan = planKernel(addKernel, { count: 4, step: 1, rounds: 1 }, { device: baselineDevice });

describe("reading back", () => {
  it("does not stall: each of many runs in flight has its own results, in order", async () => {
    const x = gpu.allocateBytes(16, "x");
    const dispatches = await gpu.prepare(plan, { x });
    const before = gpu.readback.stagingCount;
    const counts: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const reads = Array.from({ length: 8 }, () => {
        let collect: (() => Promise<ArrayBuffer[]>) | undefined;
        gpu.submit(dispatches, (encoder) => (collect = gpu.readback.record(encoder, [x])));
        return collect!();
      });
      const results = (await Promise.all(reads)).map(([contents]) => [...new Uint32Array(contents!)]);
      expect(results).toEqual(Array.from({ length: 8 }, (_, run) => Array<number>(4).fill(8 * round + run + 1)));
      counts.push(gpu.readback.stagingCount);
    }
    // Eight in flight take eight staging buffers in the first round, which the later rounds use again.
    expect(counts).toEqual(Array<number>(4).fill(before + 8));
    gpu.free(x);
  });

  it("copies many slices in one go", async () => {
    const slices = [1, 2, 3].map((value) => {
      const slice = gpu.allocateBytes(16, `slice ${value}`);
      gpu.write(slice, Uint32Array.of(value, 0, 0, 0));
      return slice;
    });
    const contents = await gpu.readback.read([...slices.map((slice) => ({ ...slice, sizeBytes: 4 })), slices[0]!]);
    expect(contents.map((part) => [...new Uint32Array(part)])).toEqual([[1], [2], [3], [1, 0, 0, 0]]);
    slices.forEach((slice) => gpu.free(slice));
  });

  it("gives the same contents to a second call, without a second map", async () => {
    const x = gpu.allocateBytes(16, "x");
    const encoder = device.createCommandEncoder();
    const collect = gpu.readback.record(encoder, [x]);
    device.queue.submit([encoder.finish()]);
    const contents = await collect();
    expect(await collect()).toBe(contents);
    const before = gpu.readback.stagingCount;
    await Promise.all([gpu.read(x), gpu.read(x)]); // A buffer returned twice would now be handed out twice.
    expect(gpu.readback.stagingCount).toBeLessThanOrEqual(before + 1);
    gpu.free(x);
  });

  it("keeps no staging buffer of a large read", async () => {
    const sizeBytes = 2 * 1048576 + 16;
    const large = gpu.allocateBytes(sizeBytes, "large");
    gpu.write({ ...large, offset: sizeBytes - 4, sizeBytes: 4 }, Uint32Array.of(7));
    const before = gpu.readback.stagingCount;
    const contents = new Uint32Array(await gpu.read(large));
    expect([contents.length, contents[0], contents.at(-1)]).toEqual([sizeBytes / 4, 0, 7]);
    expect(gpu.readback.stagingCount).toBe(before);
    gpu.free(large);
  });

  it("of more than a buffer holds is refused", async () => {
    const x = gpu.allocateBytes(16, "x");
    const slice = { ...x, sizeBytes: device.limits.maxBufferSize };
    await expect(gpu.readback.read([slice, slice])).rejects.toThrow(GpuOutOfMemoryError);
    await expect(gpu.readback.read([slice, slice])).rejects.toThrow("read fewer tensors at once");
    gpu.free(x);
  });
});
