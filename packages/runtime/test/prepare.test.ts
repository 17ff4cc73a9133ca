import { afterEach, describe, expect, it, vi } from "vitest";
import { checkSlices } from "../src/check-slices.ts";
import { baselineDevice } from "../src/device-traits.ts";
import { ShaderCompilationError, TensorTooLargeError } from "../src/errors.ts";
import type { Dispatch, KernelPlan } from "../src/kernel.ts";
import { planKernel } from "../src/plan-kernel.ts";
import { addKernel } from "./support/add-kernel.ts";
import { openGpu } from "./support/open-gpu.ts";

const { gpu, device } = await openGpu();
const plan = planKernel(addKernel, { count: 100, step: 2, rounds: 3 }, { device: baselineDevice });
const withWgsl = (change: (dispatch: Dispatch) => Partial<Dispatch>): KernelPlan => ({
  ...plan,
  dispatches: plan.dispatches.map((dispatch) => ({ ...dispatch, ...change(dispatch) })),
});

afterEach(() => vi.restoreAllMocks());

describe("Gpu.prepare", () => {
  it("makes dispatches that can be submitted again and again, many at once", async () => {
    const x = gpu.allocateBytes(400, "x");
    const [dispatch] = await gpu.prepare(plan, { x });
    gpu.submit(Array.from({ length: 5 }, () => dispatch!));
    gpu.submit([dispatch!]);
    expect(new Uint32Array(await gpu.read(x))).toEqual(new Uint32Array(100).fill(6 * 6));
    gpu.free(x);
  });

  it("compiles a text once, whatever its parameters and buffers", async () => {
    const modules = vi.spyOn(device, "createShaderModule");
    const pipelines = vi.spyOn(device, "createComputePipelineAsync");
    const fresh = withWgsl(({ wgsl }) => ({ wgsl: `${wgsl}\n// compiled once` }));
    const before = gpu.pipelineCount;
    const slices = [0, 1, 2].map((index) => ({ x: gpu.allocateBytes(400, `x${index}`) }));
    const prepared = await Promise.all(slices.map((one) => gpu.prepare(fresh, one)));
    const other = planKernel(addKernel, { count: 50, step: 7, rounds: 1 }, { device: baselineDevice });
    await gpu.prepare(
      { ...other, dispatches: other.dispatches.map((d) => ({ ...d, wgsl: `${d.wgsl}\n// compiled once` })) },
      slices[0]!,
    );
    expect([modules.mock.calls.length, pipelines.mock.calls.length]).toEqual([1, 1]);
    expect(gpu.pipelineCount).toBe(before + 1);
    expect(new Set(prepared.map(([dispatch]) => dispatch!.pipeline)).size).toBe(1);
    slices.forEach(({ x }) => gpu.free(x));
  });

  it("compiles one module for several entry points", async () => {
    const modules = vi.spyOn(device, "createShaderModule");
    const x = gpu.allocateBytes(400, "x");
    const wgsl = `${plan.dispatches[0]!.wgsl}\n@compute @workgroup_size(1) fn first() { x[0] += 100u; }`;
    const main = { ...plan.dispatches[0]!, wgsl };
    const dispatches: Dispatch[] = [main, { ...main, entryPoint: "first", workgroups: [1, 1, 1] }];
    gpu.submit(await gpu.prepare({ ...plan, dispatches }, { x }));
    expect([...new Uint32Array(await gpu.read(x)).slice(0, 2)]).toEqual([106, 6]);
    expect(modules).toHaveBeenCalledOnce();
    gpu.free(x);
  });

  it("shows the WGSL line that does not compile", async () => {
    const x = gpu.allocateBytes(400, "x");
    const broken = withWgsl(({ wgsl }) => ({
      wgsl: wgsl.replace("var value = x[id.x];", "var value = nothing[id.x];"),
    }));
    const line = broken.dispatches[0]!.wgsl.split("\n").findIndex((text) => text.includes("nothing")) + 1;
    const preparing = gpu.prepare(broken, { x });
    await expect(preparing).rejects.toBeInstanceOf(ShaderCompilationError);
    await expect(preparing).rejects.toThrow(
      new RegExp(`^add/01-naive\\.wgsl:${line}:15 .*nothing.*\\n {4} *var value = nothing\\[id\\.x\\];$`, "s"),
    );
    expect(() => gpu.throwIfFailed()).not.toThrow();
    gpu.free(x);
  });

  it.each([
    [
      "an entry point that is not there",
      ({ wgsl }: Dispatch) => ({ wgsl: `${wgsl}\n// other entry`, entryPoint: "start" }),
      /add\/01-naive, entry point start: .*start/s,
    ],
    [
      "a workgroup that is too large",
      ({ wgsl }: Dispatch) => ({ wgsl: wgsl.replace("WG = 64u", "WG = 65536u") }),
      /add\/01-naive, entry point main: .*65536/s,
    ],
  ])("names rung and entry point for %s", async (_what, change, message) => {
    const x = gpu.allocateBytes(400, "x");
    const preparing = gpu.prepare(withWgsl(change), { x });
    await expect(preparing).rejects.toBeInstanceOf(ShaderCompilationError);
    await expect(preparing).rejects.toThrow(message);
    gpu.free(x);
  });

  it("refuses a tensor above the binding limit before WebGPU sees it", async () => {
    const x = gpu.allocateBytes(400, "x");
    const bindGroups = vi.spyOn(device, "createBindGroup");
    const sizeBytes = gpu.traits.maxStorageBufferBindingSize + 16;
    await expect(gpu.prepare(plan, { x: { ...x, sizeBytes } })).rejects.toBeInstanceOf(TensorTooLargeError);
    expect(bindGroups).not.toHaveBeenCalled();
    gpu.free(x);
  });
});

describe("checkSlices", () => {
  const limits = {
    maxStorageBufferBindingSize: 1024,
    minStorageBufferOffsetAlignment: 256,
  } as unknown as GPUSupportedLimits;
  const large = planKernel(addKernel, { count: 1000, step: 1, rounds: 1 }, { device: baselineDevice });
  const slice = (sizeBytes: number, offset = 0) => ({ x: { buffer: {} as GPUBuffer, offset, sizeBytes } });

  it("takes what fits", () => {
    expect(() => checkSlices(plan, slice(400), limits)).not.toThrow();
    expect(() => checkSlices(plan, slice(512, 256), limits)).not.toThrow();
  });

  it("says how much of a tensor above the binding limit fits", () => {
    expect(() => checkSlices(large, slice(4000), limits)).toThrow(
      /^add\/01-naive: "x", u32\[1000\], takes 0\.0 MiB, above .*: 256 of its 1000 rows fit; use a smaller batch/,
    );
  });

  it("names a missing, short or misplaced buffer", () => {
    expect(() => checkSlices(plan, {}, limits)).toThrow('add/01-naive: "x" has no buffer');
    expect(() => checkSlices(plan, slice(396), limits)).toThrow(
      'add/01-naive: "x" is u32[100], 400 bytes, but its buffer has 396',
    );
    expect(() => checkSlices(plan, slice(400, 16), limits)).toThrow(
      'add/01-naive: "x" starts at byte 16, which is no multiple of 256',
    );
  });
});
