import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeviceClock } from "../src/device-clock.ts";
import { baselineDevice } from "../src/device-traits.ts";
import { GpuValidationError, MissingFeatureError } from "../src/errors.ts";
import { planKernel } from "../src/plan-kernel.ts";
import type { PreparedDispatch } from "../src/prepared-dispatch.ts";
import { addKernel } from "./support/add-kernel.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { openGpu } from "./support/open-gpu.ts";

const { gpu, device } = await openGpu();
const x = gpu.allocateBytes(4 * 4096, "x");

async function prepare(count: number, rounds: number): Promise<PreparedDispatch> {
  const plan = planKernel(addKernel, { count, step: 1, rounds }, { device: baselineDevice });
  const [dispatch] = await gpu.prepare(plan, { x });
  return dispatch!;
}

describe("Gpu.profile", () => {
  it("gives every dispatch its own time", async () => {
    const [short, long] = [await prepare(1, 1), await prepare(4096, 20_000)];
    const timesUs = await gpu.profile([short, long, short, long, short, long]);
    expect(timesUs).toBeInstanceOf(Float64Array);
    expect(timesUs).toHaveLength(6);
    expect([...timesUs].every((timeUs) => timeUs >= 0 && Number.isFinite(timeUs))).toBe(true);
    // Eighty million rounds against one; the least of three, should another process take the cores.
    const [shortUs, longUs] = [0, 1].map((first) => Math.min(...[0, 2, 4].map((index) => timesUs[first + index]!)));
    expect(longUs).toBeGreaterThan(shortUs!);
  });

  it("runs each dispatch once, also where they fill several query sets", async () => {
    gpu.write(x, new Uint32Array(4096));
    const dispatch = await prepare(4, 1);
    const timesUs = await gpu.profile(Array.from({ length: 2100 }, () => dispatch));
    expect(timesUs).toHaveLength(2100);
    expect([...timesUs].every((timeUs) => timeUs >= 0 && Number.isFinite(timeUs))).toBe(true);
    expect(timesUs.slice(2048).some((timeUs) => timeUs > 0)).toBe(true);
    expect([...new Uint32Array(await gpu.read(x)).slice(0, 5)]).toEqual([2100, 2100, 2100, 2100, 0]);
  });

  it("of nothing is nothing", async () => {
    expect(await gpu.profile([])).toEqual(new Float64Array(0));
  });

  it("says what is missing where the device has no timestamps", async () => {
    const clock = new DeviceClock(new FakeDevice().asDevice(), gpu.readback);
    await expect(clock.timesUs([])).rejects.toThrow(MissingFeatureError);
    await expect(clock.timesUs([])).rejects.toThrow("this adapter has no timestamp-query");
  });
});

describe.each([
  ["by the device's clock", () => undefined],
  ["by the wall's", () => void vi.spyOn(gpu.traits.features, "has").mockReturnValue(false)],
])("Gpu.timeUs %s", (_, choose) => {
  beforeEach(choose);
  afterEach(() => vi.restoreAllMocks());

  it("times all repeats together, and runs them", async () => {
    gpu.write(x, new Uint32Array(4096));
    const [short, long] = [await prepare(1, 1), await prepare(4096, 20_000)];
    expect(await gpu.timeUs([short, short], 3)).toBeGreaterThanOrEqual(0);
    expect(new Uint32Array(await gpu.read(x))[0]).toBe(6);
    // Eighty million rounds in each against one.
    const shortUs = Math.min(await gpu.timeUs([short]), await gpu.timeUs([short]), await gpu.timeUs([short]));
    expect(await gpu.timeUs([long], 2)).toBeGreaterThan(shortUs);
  });

  it("passes on what the device reports", async () => {
    device.createBuffer({ label: "wrong", size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    await expect(gpu.timeUs([])).rejects.toThrow(GpuValidationError);
  });
});

it("reads the device's clock where it may, and only there", async () => {
  const querySets = vi.spyOn(device, "createQuerySet");
  await gpu.timeUs([await prepare(1, 1)], 2);
  expect(querySets).toHaveBeenCalledTimes(gpu.traits.features.has("timestamp-query") ? 1 : 0);
  vi.spyOn(gpu.traits.features, "has").mockReturnValue(false);
  querySets.mockClear();
  await gpu.timeUs([await prepare(1, 1)]);
  expect(querySets).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
