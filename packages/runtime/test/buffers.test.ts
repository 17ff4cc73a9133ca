import { describe, expect, it } from "vitest";
import { BufferStore } from "../src/buffers.ts";
import { GpuOutOfMemoryError } from "../src/errors.ts";
import { Faults } from "../src/faults.ts";
import { input } from "../src/tensor-spec.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { openGpu } from "./support/open-gpu.ts";

const { gpu, device } = await openGpu();

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const counting = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, index) => index + 1);

describe("a buffer", () => {
  it("is zero at first, whole vectors long", async () => {
    const slice = gpu.allocate(input([5]), "five");
    expect(slice.sizeBytes).toBe(32);
    expect(new Uint8Array(await gpu.read(slice))).toEqual(new Uint8Array(32));
    gpu.free(slice);
  });

  it("gives back what was written", async () => {
    const slice = gpu.allocate(input([4]), "written");
    gpu.write(slice, Float32Array.of(1.5, -2, NaN, Infinity));
    expect(new Float32Array(await gpu.read(slice))).toEqual(Float32Array.of(1.5, -2, NaN, Infinity));
    gpu.free(slice);
  });

  it("takes part of a larger array, at that part's offset", async () => {
    const slice = gpu.allocateBytes(16, "part");
    gpu.write(slice, new Uint32Array(counting(32).buffer, 8, 2));
    expect(new Uint8Array(await gpu.read(slice)).slice(0, 9)).toEqual(bytes(9, 10, 11, 12, 13, 14, 15, 16, 0));
    gpu.free(slice);
  });

  it("of u8 takes any length, padded with zeros to a whole word", async () => {
    const slice = gpu.allocate(input([7], "u8"), "seven");
    gpu.write(slice, counting(16));
    gpu.write(slice, bytes(20, 21, 22, 23, 24, 25, 26));
    expect(new Uint8Array(await gpu.read(slice))).toEqual(
      bytes(20, 21, 22, 23, 24, 25, 26, 0, 9, 10, 11, 12, 13, 14, 15, 16),
    );
    const exact = await gpu.read({ ...slice, sizeBytes: 7 });
    expect(new Uint8Array(exact)).toEqual(bytes(20, 21, 22, 23, 24, 25, 26));
    gpu.free(slice);
  });

  it("is written and read in parts", async () => {
    const slice = gpu.allocateBytes(32, "parts");
    gpu.write({ ...slice, offset: 8, sizeBytes: 8 }, counting(8));
    const [head, part] = await gpu.readback.read([
      { ...slice, sizeBytes: 8 },
      { ...slice, offset: 4, sizeBytes: 13 },
    ]);
    expect(new Uint8Array(head!)).toEqual(new Uint8Array(8));
    expect(new Uint8Array(part!)).toEqual(bytes(0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0));
    gpu.free(slice);
  });

  it("refuses data that do not fit, padding included, and names itself", () => {
    const slice = gpu.allocateBytes(16, "small");
    expect(() => gpu.write(slice, new Uint8Array(20))).toThrow('20 bytes do not fit the 16 of "small"');
    expect(() => gpu.write({ ...slice, sizeBytes: 7 }, new Uint8Array(7))).toThrow(
      '7 bytes do not fit the 7 of "small" (whole words are written)',
    );
    gpu.free(slice);
  });

  it.each([0, -16, 18, 1.5, NaN, Infinity])("of %d bytes does not exist", (size) => {
    expect(() => gpu.allocateBytes(size, "odd")).toThrow(
      `odd: a buffer takes a positive multiple of 4 bytes, not ${size}`,
    );
  });
});

describe("allocatedBytes", () => {
  it("counts what is allocated and not yet freed", () => {
    const before = gpu.allocatedBytes;
    const a = gpu.allocateBytes(64, "a");
    const b = gpu.allocateBytes(128, "b");
    expect(gpu.allocatedBytes - before).toBe(192);
    gpu.free({ ...a, offset: 16, sizeBytes: 16 });
    expect(gpu.allocatedBytes - before).toBe(128);
    gpu.free(a);
    gpu.free(b);
    gpu.free(b);
    expect(gpu.allocatedBytes).toBe(before);
  });
});

describe("memory that runs out", () => {
  it("above the adapter's largest buffer throws at once, with name and bytes", () => {
    const size = Math.floor(device.limits.maxBufferSize / 4) * 4 + 4;
    const before = gpu.allocatedBytes;
    expect(() => gpu.allocateBytes(size, "huge")).toThrow(GpuOutOfMemoryError);
    expect(() => gpu.allocateBytes(size, "huge")).toThrow(
      new RegExp(`^huge: .*\\(${size} bytes\\) is above this adapter's largest buffer`),
    );
    expect(gpu.allocatedBytes).toBe(before);
  });

  it("on the device is thrown by the next throwIfFailed, with name and bytes", async () => {
    // Mesa's software driver gives memory out on first use, so a real device does not run out here.
    const device = new FakeDevice();
    const faults = new Faults(device.asDevice());
    const store = new BufferStore(device.asDevice(), faults);
    store.allocate(1048576, "first");
    device.scopeResult = new GPUOutOfMemoryError("vkAllocateMemory failed");
    store.allocate(2097152, "conv2d-forward.out");
    await Promise.resolve();
    expect(() => faults.throwIfFailed()).toThrow(
      new GpuOutOfMemoryError(
        "conv2d-forward.out: no room for 2.0 MiB (2097152 bytes) beside the 1.0 MiB (1048576 bytes) in use",
      ),
    );
    expect(() => faults.throwIfFailed()).not.toThrow();
  });
});
