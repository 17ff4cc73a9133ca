import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DeviceLostError,
  GpuInternalError,
  GpuOutOfMemoryError,
  GpuValidationError,
  ShaderCompilationError,
} from "../src/errors.ts";
import { Faults } from "../src/faults.ts";
import { Gpu } from "../src/gpu.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { openWithDevice } from "./support/open-with-device.ts";

const thrown = (call: () => unknown): Error => {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("a device's faults", () => {
  let gpu: Gpu;
  let device: GPUDevice;
  beforeEach(async () => {
    ({ gpu, device } = await openWithDevice());
  });
  afterEach(() => gpu.close());

  /** MAP_READ goes with COPY_DST only. */
  const invalidBuffer = (label: string): GPUBuffer =>
    device.createBuffer({ label, size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });

  it("are thrown once, with Dawn's text", () => {
    invalidBuffer("wrong");
    const error = thrown(() => gpu.throwIfFailed());
    expect(error).toBeInstanceOf(GpuValidationError);
    expect(error.message).toMatch(/MapRead[^]*"wrong"/);
    expect(() => gpu.throwIfFailed()).not.toThrow();
  });

  it.each([
    ["submit", () => gpu.submit([])],
    ["idle", () => gpu.idle()],
    ["profile", () => gpu.profile([])],
  ])("come to light at %s", async (_call, call) => {
    invalidBuffer("wrong");
    await expect((async () => call())()).rejects.toBeInstanceOf(GpuValidationError);
  });

  it("are all kept, the further ones as the cause of the first", () => {
    for (const label of ["one", "two", "three"]) invalidBuffer(label);
    const error = thrown(() => gpu.throwIfFailed());
    expect(error.message).toContain('"one"');
    const causes = (error.cause as AggregateError).errors as Error[];
    expect(causes.map(({ message }) => /"(\w+)"/.exec(message)![1])).toEqual(["two", "three"]);
  });

  it("behind a promise that rejects are thrown in its place, with the rejection as cause", async () => {
    const mapping = gpu.settle(invalidBuffer("wrong").mapAsync(GPUMapMode.READ));
    const error = await mapping.then(
      () => expect.unreachable(),
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(GpuValidationError);
    expect(error.message).toContain('"wrong"');
    expect(error.cause).toBeDefined();
  });

  it("leave other promises as they are", async () => {
    expect(await gpu.settle(Promise.resolve(7))).toBe(7);
    const own = new Error("own");
    await expect(gpu.settle(Promise.reject(own))).rejects.toBe(own);
    invalidBuffer("wrong");
    const unrelated = new ShaderCompilationError("no such function");
    await expect(gpu.settle(Promise.reject(unrelated))).rejects.toBe(unrelated);
    expect(() => gpu.throwIfFailed()).toThrow(GpuValidationError);
  });

  it("end in DeviceLostError once the device is destroyed, for what is pending and what comes after", async () => {
    const slice = gpu.allocateBytes(16, "x");
    const pending = gpu.read(slice);
    device.destroy();
    const error = await pending.then(
      () => expect.unreachable(),
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error.message).toMatch(/^the GPU device was lost \(destroyed\): /);
    expect(() => gpu.submit([])).toThrow(DeviceLostError);
    expect(() => gpu.allocateBytes(16, "y")).toThrow(DeviceLostError);
    await expect(gpu.read(slice)).rejects.toBeInstanceOf(DeviceLostError);
    await expect(gpu.idle()).rejects.toBeInstanceOf(DeviceLostError);
    expect(gpu.readback.stagingCount).toBe(0);
  });
});

describe("Gpu.close", () => {
  it("waits for reads that are under way", async () => {
    const gpu = await Gpu.open();
    const slice = gpu.allocateBytes(16, "x");
    gpu.write(slice, Uint32Array.of(1, 2, 3, 4));
    const reading = gpu.read(slice);
    await gpu.close();
    expect(new Uint32Array(await reading)).toEqual(Uint32Array.of(1, 2, 3, 4));
  });

  it("can be called again, and leaves nothing allocated", async () => {
    const gpu = await Gpu.open();
    gpu.allocateBytes(16, "x");
    await Promise.all([gpu.close(), gpu.close()]);
    await gpu.close();
    expect(gpu.allocatedBytes).toBe(0);
    expect(() => gpu.submit([])).toThrow(DeviceLostError);
  });

  it("of one device leaves another open", async () => {
    const [one, other] = [await Gpu.open(), await Gpu.open()];
    await one.close();
    const slice = other.allocateBytes(16, "x");
    expect((await other.read(slice)).byteLength).toBe(16);
    await other.close();
  });
});

describe("Faults", () => {
  it.each([
    ["GPUOutOfMemoryError", GpuOutOfMemoryError],
    ["GPUInternalError", GpuInternalError],
    ["GPUValidationError", GpuValidationError],
  ] as const)("types %s and keeps Dawn from printing it", (name, expected) => {
    const device = new FakeDevice();
    const faults = new Faults(device.asDevice());
    expect(device.reportUncaptured(new globalThis[name]("text"))).toBe(false);
    expect(() => faults.throwIfFailed()).toThrow(new expected("text"));
  });

  it("puts lack of memory before what follows from it", () => {
    const device = new FakeDevice();
    const faults = new Faults(device.asDevice());
    device.reportUncaptured(new GPUValidationError("the buffer is invalid"));
    device.reportUncaptured(new GPUOutOfMemoryError("no memory"));
    const error = thrown(() => faults.throwIfFailed());
    expect(error).toBeInstanceOf(GpuOutOfMemoryError);
    expect(error.cause).toEqual(new GpuValidationError("the buffer is invalid"));
  });

  it("knows of a loss that is told after a promise has rejected", async () => {
    const device = new FakeDevice();
    const faults = new Faults(device.asDevice());
    const rejection = new Error("map failed");
    const behind = faults.behind(rejection);
    device.lose({ reason: "unknown", message: "VK_ERROR_DEVICE_LOST" });
    const error = await behind;
    expect(error).toEqual(new DeviceLostError("the GPU device was lost (unknown): VK_ERROR_DEVICE_LOST"));
    expect((error as Error).cause).toBe(rejection);
  });
});
