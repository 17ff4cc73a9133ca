import { describe, expect, it } from "vitest";
import { findAdapter, listAdapters } from "../src/adapter/find.ts";
import { dawn } from "../src/adapter/instance.ts";
import type { AdapterSource } from "../src/adapter/source.ts";
import { AdapterNotFoundError } from "../src/errors.ts";
import { Gpu } from "../src/gpu.ts";
import { openWithDevice } from "./support/open-with-device.ts";

interface Stub {
  readonly name: string;
  readonly isFallbackAdapter?: boolean;
  readonly lanes?: readonly [min: number, max: number];
}

const adapterFrom = ({ name, isFallbackAdapter = false, lanes = [32, 32] }: Stub): GPUAdapter =>
  ({
    info: {
      device: name.toLowerCase().replaceAll(" ", "-"),
      vendor: "test",
      architecture: "",
      description: "driver 1",
      isFallbackAdapter,
      subgroupMinSize: lanes[0],
      subgroupMaxSize: lanes[1],
    },
    features: new Set(["subgroups"]),
    limits: { maxBufferSize: 1024 },
  }) as unknown as GPUAdapter;

/** A machine with these adapters, the first of which it prefers, the last of which draws the least power. */
function machine(...stubs: readonly Stub[]): AdapterSource & { readonly opened: string[] } {
  const opened: string[] = [];
  const open = (stub: Stub | undefined): Promise<GPUAdapter | null> => {
    if (stub) opened.push(stub.name);
    return Promise.resolve(stub ? adapterFrom(stub) : null);
  };
  return {
    opened,
    favourite: (power) => open(power === "low-power" ? stubs.at(-1) : stubs[0]),
    names: () => Promise.resolve(stubs.map(({ name }) => name)),
    named: (name) => open(stubs.find((stub) => stub.name === name)),
  };
}

const fast: Stub = { name: "Fast GPU 9000" };
const frugal: Stub = { name: "Frugal GPU", lanes: [8, 32] };
const cpu: Stub = { name: "llvmpipe (LLVM 15)", isFallbackAdapter: true, lanes: [8, 8] };
const nameOf = async (...args: Parameters<typeof findAdapter>): Promise<string> =>
  (await findAdapter(...args)).description.name;

describe("the choice of an adapter", () => {
  it("takes the favourite and opens no other", async () => {
    const source = machine(fast, frugal, cpu);
    expect(await nameOf({}, source)).toBe("fast-gpu-9000");
    expect(source.opened).toEqual(["Fast GPU 9000"]);
  });

  it("hands the power preference on", async () => {
    expect(await nameOf({ power: "low-power" }, machine(fast, frugal))).toBe("frugal-gpu");
    expect(await nameOf({ power: "high-performance" }, machine(fast, frugal))).toBe("fast-gpu-9000");
  });

  it("finds the software adapter behind a GPU where it is required", async () => {
    expect(await nameOf({ software: "require" }, machine(fast, cpu))).toBe("llvmpipe-(llvm-15)");
  });

  it("finds the GPU behind a software favourite where software is forbidden", async () => {
    expect(await nameOf({ software: "forbid" }, machine(cpu, fast))).toBe("fast-gpu-9000");
    expect(await nameOf({ software: "forbid", power: "low-power" }, machine(fast, cpu))).toBe("fast-gpu-9000");
  });

  it("takes software where that is all there is and it is allowed", async () => {
    expect(await nameOf({}, machine(cpu))).toBe("llvmpipe-(llvm-15)");
  });

  it.each(["frugal", "FRUGAL GPU", "frugal-gpu"])("goes by the name %s", async (adapter) => {
    expect(await nameOf({ adapter }, machine(fast, frugal, cpu))).toBe("frugal-gpu");
  });

  it("goes by name and kind together", async () => {
    expect(await nameOf({ adapter: "GPU", software: "forbid" }, machine(fast, frugal))).toBe("fast-gpu-9000");
    await expect(findAdapter({ adapter: "fast", software: "require" }, machine(fast, cpu))).rejects.toThrow(
      'no software adapter called "fast"; there is "fast-gpu-9000", "llvmpipe-(llvm-15)" (software)',
    );
  });

  it("lists what there is where nothing fits", async () => {
    await expect(findAdapter({ adapter: "Imaginary" }, machine(fast, cpu))).rejects.toThrow(
      new AdapterNotFoundError(
        'no adapter is called "Imaginary"; there is "fast-gpu-9000", "llvmpipe-(llvm-15)" (software)',
      ),
    );
    await expect(findAdapter({ software: "forbid" }, machine(cpu))).rejects.toThrow(
      new AdapterNotFoundError('no hardware adapter; there is "llvmpipe-(llvm-15)" (software).'),
    );
    await expect(findAdapter({ software: "require" }, machine(fast))).rejects.toThrow(
      /no software adapter; there is "fast-gpu-9000"\. Run `node tools\/bootstrap/,
    );
  });

  it("says how to get an adapter where there is none", async () => {
    await expect(findAdapter({}, machine())).rejects.toThrow(
      /no WebGPU adapter on this machine\. Run `node tools\/bootstrap\.mjs`/,
    );
    await expect(findAdapter({ adapter: "x" }, machine())).rejects.toBeInstanceOf(AdapterNotFoundError);
  });

  it("lists all adapters in order", async () => {
    const list = await listAdapters(machine(fast, frugal, cpu));
    expect(list.map(({ description }) => [description.name, description.software])).toEqual([
      ["fast-gpu-9000", false],
      ["frugal-gpu", false],
      ["llvmpipe-(llvm-15)", true],
    ]);
  });
});

describe("a description", () => {
  it("tells a subgroup size only where it is fixed", async () => {
    const sizes = (await listAdapters(machine(fast, frugal, cpu))).map(({ description }) => description.subgroupSize);
    expect(sizes).toEqual([32, 1, 8]);
  });

  it("is plain data", async () => {
    const { description } = await findAdapter({}, machine(fast));
    expect(description).toEqual({
      name: "fast-gpu-9000",
      vendor: "test",
      architecture: "",
      driver: "driver 1",
      deviceClass: "integrated",
      software: false,
      softwareRoad: undefined,
      subgroupSize: 32,
      subgroupMatrices: [],
      features: ["subgroups"],
      limits: { maxBufferSize: 1024 },
    });
  });
});

describe("this machine", () => {
  it("has its favourite among its adapters, which opens by either of its names", async () => {
    const { description } = await findAdapter();
    const all = await listAdapters();
    expect(all.map((one) => one.description)).toContainEqual(description);
    expect(await nameOf({ adapter: description.name })).toBe(description.name);
    const names = await dawn.names();
    expect(names).toHaveLength(all.length);
    expect(await nameOf({ adapter: names[0] })).toBe(all[0]!.description.name);
  });

  it("has no adapter of a made-up name, and says which it has", async () => {
    const { description } = await findAdapter();
    const opening = Gpu.open({ adapter: "no such adapter" });
    await expect(opening).rejects.toBeInstanceOf(AdapterNotFoundError);
    await expect(opening).rejects.toThrow(`no adapter is called "no such adapter"; there is "${description.name}"`);
  });

  it("gives what its adapter can to compute shaders", async () => {
    const { gpu, device } = await openWithDevice();
    try {
      const { limits } = gpu.adapter;
      expect(gpu.traits.maxStorageBufferBindingSize).toBe(limits["maxStorageBufferBindingSize"]);
      expect(gpu.traits.maxComputeInvocationsPerWorkgroup).toBe(limits["maxComputeInvocationsPerWorkgroup"]);
      expect(device.limits.maxBufferSize).toBe(limits["maxBufferSize"]);
      expect(gpu.traits.deviceClass).toBe(gpu.adapter.deviceClass);
      expect(gpu.traits.softwareRoad).toBe(gpu.adapter.softwareRoad);
      expect(gpu.traits.softwareRoad === undefined).toBe(gpu.traits.deviceClass !== "software");
      const wanted = ["subgroups", "shader-f16", "timestamp-query"];
      expect(wanted.filter((name) => gpu.traits.features.has(name))).toEqual(
        wanted.filter((name) => gpu.adapter.features.includes(name)),
      );
    } finally {
      await gpu.close();
    }
  });
});
