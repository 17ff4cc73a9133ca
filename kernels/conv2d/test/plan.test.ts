import { baselineDevice, planKernel, sizeBytes, traitsFor, type DeviceTraits } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "../src/index.ts";

const kernels = [conv2dForward, conv2dGradInput, conv2dGradWeight];
const cpu: DeviceTraits = { ...baselineDevice, features: new Set(["subgroups", "shader-f16"]), subgroupSize: 8 };
const layer: Conv2dShape = { N: 32, IH: 16, IW: 16, IC: 64, OC: 64, KH: 3, KW: 3, stride: 1, padding: 1 };
/** Tiles of 2x2 enough for Winograd's rungs, of 4x4 too few. */
const fewTiles: Conv2dShape = { ...layer, IH: 7, IW: 7, IC: 128, OC: 128, N: 16 };

const passesOf = (kernel: (typeof kernels)[number], shape: Conv2dShape, rung: string): string[] =>
  planKernel(kernel, shape, { device: cpu, rung }).dispatches.map(({ entryPoint }) => entryPoint);

const chosen = (shape: Conv2dShape, device: DeviceTraits): string[] =>
  kernels.map((kernel) => planKernel(kernel, shape, { device }).rung);

describe("passes that a shape does without", () => {
  it("clears nothing between the pixels of stride 1", () => {
    const strided: Conv2dShape = { ...layer, KH: 1, KW: 1, padding: 0, stride: 2 };
    expect(passesOf(conv2dGradInput, strided, "conv2d-grad-input/27-strided-rows")).toEqual(["clear", "main"]);
    const dense = { ...strided, stride: 1 };
    expect(passesOf(conv2dGradInput, dense, "conv2d-grad-input/27-strided-rows")).toEqual(["main"]);
    const panels = "conv2d-grad-input/28-row-panels";
    expect(passesOf(conv2dGradInput, strided, panels)).toEqual(["clear", "pack_rows", "pack_columns", "main"]);
    const packed = ["pack_rows", "pack_columns", "main"];
    expect(passesOf(conv2dGradInput, dense, panels)).toEqual(packed);
    expect(passesOf(conv2dGradInput, { ...layer, stride: 2 }, panels)).toEqual(packed);
  });
  it("rounds nothing where all that is read is f16 already", () => {
    const half: Conv2dShape = { ...layer, precision: "f16" };
    const rung = "conv2d-grad-weight/12-f16";
    expect(passesOf(conv2dGradWeight, half, rung)[0]).toBe("halve");
    expect(passesOf(conv2dGradWeight, { ...half, storage: "f16" }, rung)).not.toContain("halve");
  });
});

describe("the choice of a rung", () => {
  it("takes Winograd's for 3x3 of stride 1 on a CPU adapter with subgroups, unless tiles or channels are few", () => {
    expect(chosen(layer, cpu)).toEqual([
      "conv2d-forward/23-tiles-4x4",
      "conv2d-grad-input/22-tiles-4x4",
      "conv2d-grad-weight/20-tiles-4x4",
    ]);
    expect(chosen(fewTiles, cpu)).toEqual([
      "conv2d-forward/10-winograd",
      "conv2d-grad-input/10-winograd",
      "conv2d-grad-weight/11-winograd",
    ]);
    const lanes = [
      "conv2d-forward/08-vec4-lanes",
      "conv2d-grad-input/07-lane-broadcast",
      "conv2d-grad-weight/09-vec4-lanes",
    ];
    expect(chosen({ ...layer, N: 1, IH: 7, IW: 7 }, cpu)).toEqual(lanes);
    expect(chosen({ ...layer, IH: 4, IW: 4, IC: 32, OC: 32 }, cpu)).toEqual(lanes);
  });
  it("takes the widest shared loads for other kernels, and copies weight where many rows share the copy", () => {
    expect(chosen({ ...layer, stride: 2 }, cpu)).toEqual([
      "conv2d-forward/08-vec4-lanes",
      "conv2d-grad-input/08-transposed-weight",
      "conv2d-grad-weight/22-quad-lanes",
    ]);
    expect(chosen({ ...layer, N: 1, stride: 2 }, cpu)[1]).toBe("conv2d-grad-input/07-lane-broadcast");
  });
  it("takes the plain product for 1x1 of stride 1, but in grad-input of many channels", () => {
    const single = { ...layer, KH: 1, KW: 1, padding: 0 };
    expect(chosen(single, cpu)).toEqual([
      "conv2d-forward/09-gemm-1x1",
      "conv2d-grad-input/08-transposed-weight",
      "conv2d-grad-weight/10-gemm-1x1",
    ]);
    expect(chosen({ ...single, N: 1 }, cpu)[1]).toBe("conv2d-grad-input/07-lane-broadcast");
    expect(chosen({ ...single, IC: 32 }, cpu)[1]).toBe("conv2d-grad-input/09-gemm-1x1");
  });
  it("copies rows of A in forward where columns are many", () => {
    const strided = { ...layer, IC: 128, OC: 128, stride: 2 };
    const single = { ...layer, KH: 1, KW: 1, padding: 0, IC: 256, OC: 128 };
    for (const shape of [strided, { ...single, stride: 2 }, single])
      expect(chosen(shape, cpu)[0]).toBe("conv2d-forward/25-packed-rows");
    expect(chosen({ ...single, OC: 64 }, cpu)[0]).toBe("conv2d-forward/09-gemm-1x1");
    expect(chosen({ ...single, stride: 2 }, cpu)[1]).toBe("conv2d-grad-input/08-transposed-weight");
  });
  it("copies pixels in grad-weight beside taps or a stride alone", () => {
    const single = { ...layer, KH: 1, KW: 1, padding: 0, IC: 512, OC: 512 };
    expect(chosen(single, cpu)[2]).toBe("conv2d-grad-weight/10-gemm-1x1");
    expect(chosen({ ...single, stride: 2 }, cpu)[2]).toBe("conv2d-grad-weight/22-quad-lanes");
  });
  it("takes what the stem's 3 channels allow", () => {
    expect(chosen({ ...layer, IC: 3, KH: 7, KW: 7, stride: 2, padding: 3 }, cpu)).toEqual([
      "conv2d-forward/07-lane-broadcast",
      "conv2d-grad-input/06-registers-only",
      "conv2d-grad-weight/08-lane-broadcast",
    ]);
  });
  it("takes registers alone on a CPU adapter where channels are ragged, subgroups missing or narrow", () => {
    const registers = [
      "conv2d-forward/06-registers-only",
      "conv2d-grad-input/06-registers-only",
      "conv2d-grad-weight/07-registers-only",
    ];
    expect(chosen({ ...layer, OC: 5 }, cpu)).toEqual(registers);
    expect(chosen(layer, baselineDevice)).toEqual(registers);
    expect(chosen(layer, { ...cpu, subgroupSize: 4 })).toEqual(registers);
  });
  it("takes addresses that all lanes share where the driver makes them cheap", () => {
    const uniform: DeviceTraits = { ...cpu, softwareRoad: "uniform" };
    expect(chosen(layer, uniform)).toEqual([
      "conv2d-forward/34-panels-4x4",
      "conv2d-grad-input/31-panels-4x4",
      "conv2d-grad-weight/32-panels-4",
    ]);
    expect(chosen({ ...layer, N: 8, IH: 4, IW: 4, IC: 256, OC: 256 }, uniform)).toEqual([
      "conv2d-forward/33-panels-2x2",
      "conv2d-grad-input/30-panels-2x2",
      "conv2d-grad-weight/31-panels",
    ]);
    expect(chosen({ ...layer, N: 2 }, uniform)).toEqual([
      "conv2d-forward/34-panels-4x4",
      "conv2d-grad-input/31-panels-4x4",
      "conv2d-grad-weight/31-panels",
    ]);
    expect(chosen({ ...layer, stride: 2 }, uniform)).toEqual([
      "conv2d-forward/31-tall-lines",
      "conv2d-grad-input/28-row-panels",
      "conv2d-grad-weight/29-tall",
    ]);
    const single = { ...layer, KH: 1, KW: 1, padding: 0 };
    expect(chosen(single, uniform)).toEqual([
      "conv2d-forward/30-tall-panels",
      "conv2d-grad-input/29-tall-rows",
      "conv2d-grad-weight/29-tall",
    ]);
    expect(chosen({ ...single, stride: 2 }, uniform).slice(0, 2)).toEqual([
      "conv2d-forward/30-tall-panels",
      "conv2d-grad-input/28-row-panels",
    ]);
    expect(chosen({ ...single, N: 1, stride: 2 }, uniform)[0]).toBe("conv2d-forward/29-tall-rows");
    expect(chosen(layer, { ...cpu, softwareRoad: "lanes" })).toEqual(chosen(layer, cpu));
  });
  it("copies rows of A in grad-input where rows and columns are enough to pay for it", () => {
    const wide: DeviceTraits = { ...cpu, softwareRoad: "uniform", subgroupSize: 16 };
    const rung = (shape: Conv2dShape): string => chosen(shape, wide)[1]!;
    const single = { ...layer, KH: 1, KW: 1, padding: 0, N: 8, IH: 4, IW: 4 };
    expect(rung(single)).toBe("conv2d-grad-input/29-tall-rows");
    expect(rung({ ...single, IH: 8, IW: 8, stride: 2 })).toBe("conv2d-grad-input/28-row-panels");
    expect(rung({ ...single, N: 7 })).toBe("conv2d-grad-input/13-uniform-rows");
    expect(rung({ ...single, stride: 2 })).toBe("conv2d-grad-input/27-strided-rows");
    expect(rung({ ...single, IC: 32 })).toBe("conv2d-grad-input/13-uniform-rows");
    const large = { ...layer, stride: 2, N: 1, IH: 4, IW: 4 };
    expect(rung(large)).toBe("conv2d-grad-input/28-row-panels");
    expect(rung({ ...large, IC: 32 })).toBe("conv2d-grad-input/14-padded-gradient");
  });
  it("takes shared addresses where subgroups are no 8 lanes wide, and rungs of lanes cannot run", () => {
    const stem = { ...layer, N: 8, IH: 32, IW: 32, IC: 3, KH: 7, KW: 7, stride: 2, padding: 3 };
    for (const subgroupSize of [1, 4]) {
      expect(chosen(stem, { ...cpu, softwareRoad: "uniform", subgroupSize })[2]).toBe(
        "conv2d-grad-weight/27-dout-quads",
      );
    }
  });
  it("leaves to shuffles among 8 lanes what fills no workgroup or pays for no copy, and among 16 nothing", () => {
    const uniform: DeviceTraits = { ...cpu, softwareRoad: "uniform" };
    const stem = { ...layer, IC: 3, KH: 7, KW: 7, stride: 2, padding: 3 };
    const [narrow, few] = [
      { ...layer, IC: 16, OC: 16 },
      { ...layer, N: 1, stride: 2 },
    ];
    for (const shape of [{ ...stem, OC: 16 }, narrow]) expect(chosen(shape, uniform)).toEqual(chosen(shape, cpu));
    expect(chosen(stem, uniform)).toEqual([
      "conv2d-forward/32-windows",
      "conv2d-grad-input/06-registers-only",
      "conv2d-grad-weight/28-shuffled",
    ]);
    expect(chosen(few, uniform).slice(0, 2)).toEqual(chosen(few, cpu).slice(0, 2));
    const wide: DeviceTraits = { ...uniform, subgroupSize: 16 };
    expect(chosen(stem, wide)).toEqual([
      "conv2d-forward/32-windows",
      "conv2d-grad-input/06-registers-only",
      "conv2d-grad-weight/27-dout-quads",
    ]);
    expect(chosen(narrow, wide)[0]).toBe("conv2d-forward/31-tall-lines");
    expect(chosen(few, wide).slice(0, 2)).toEqual(["conv2d-forward/31-tall-lines", "conv2d-grad-input/28-row-panels"]);
    expect(chosen({ ...layer, KH: 1, KW: 1, padding: 0 }, wide)[0]).toBe("conv2d-forward/30-tall-panels");
    expect(chosen({ ...layer, KH: 1, KW: 1, padding: 0 }, wide)[2]).toBe("conv2d-grad-weight/30-plain");
  });
  it("takes big tiles on a GPU, K split where they are few, and plain tiles where channels are ragged", () => {
    for (const deviceClass of ["integrated", "discrete"] as const) {
      const gpu: DeviceTraits = { ...cpu, deviceClass, subgroupSize: 32 };
      expect(chosen(layer, gpu)).toEqual([
        "conv2d-forward/21-split-k",
        "conv2d-grad-input/20-split-k",
        "conv2d-grad-weight/06-pipelined",
      ]);
      expect(chosen({ ...layer, IC: 3 }, gpu)).toEqual([
        "conv2d-forward/03-register-blocked",
        "conv2d-grad-input/03-register-blocked",
        "conv2d-grad-weight/04-split-k",
      ]);
    }
  });
  it("rounds operands to f16 only where the shape asks for it, and there wherever channels are no obstacle", () => {
    const able: DeviceTraits = traitsFor("matrix", {
      ...cpu,
      deviceClass: "discrete",
      maxComputeWorkgroupStorageSize: 32768,
    });
    const halves = ["conv2d-forward/11-f16", "conv2d-grad-input/11-f16", "conv2d-grad-weight/12-f16"];
    const onUnits = kernels.map(({ rungs }) => rungs.find(({ id }) => id.endsWith("-matrix-tiles"))!.id);
    for (const device of [able, { ...able, deviceClass: "software" } as const]) {
      for (const shape of [layer, { ...layer, stride: 2 }, { ...layer, KH: 1, KW: 1, padding: 0 }]) {
        expect(chosen({ ...shape, precision: "f16" }, device)).toEqual(halves);
        expect(chosen({ ...shape, precision: "matrix" }, device)).toEqual(onUnits);
        for (const kernel of kernels) {
          const roundsOperands = (id: string): boolean =>
            kernel.rungs.find((rung) => rung.id === id)!.features?.includes("shader-f16") ?? false;
          expect(kernel.select(shape, device).some(roundsOperands)).toBe(false);
          // A tuner has no others to choose from.
          expect(kernel.select({ ...shape, precision: "f16" }, device).every(roundsOperands)).toBe(true);
        }
      }
      const ragged = { ...layer, IC: 3 };
      for (const precision of ["f16", "matrix"] as const)
        expect(chosen({ ...ragged, precision }, device)).toEqual(chosen(ragged, device));
    }
    expect(() => chosen({ ...layer, precision: "f16" }, baselineDevice)).toThrow("the adapter lacks shader-f16");
    expect(() => chosen({ ...layer, precision: "matrix" }, cpu)).toThrow("chromium-experimental-subgroup-matrix");
  });

  it("lets a tuner try several big tiles on a GPU", () => {
    const gpu: DeviceTraits = {
      ...cpu,
      deviceClass: "discrete",
      subgroupSize: 32,
      maxComputeWorkgroupStorageSize: 32768,
    };
    const deep = { ...layer, IH: 28, IW: 28, IC: 128, OC: 128 };
    expect(chosen(deep, gpu)[2]).toBe("conv2d-grad-weight/19-prefetched");
    for (const kernel of kernels) {
      const preferred = kernel.select(layer, gpu);
      expect(new Set(preferred).size).toBe(preferred.length);
      const tiled = kernel.rungs.filter(({ id, tiles }) => tiles && preferred.includes(id));
      expect(tiled.length).toBeGreaterThanOrEqual(2);
      expect(kernel.select(layer, cpu).some((id) => tiled.some((rung) => rung.id === id))).toBe(false);
    }
  });
  it("says why a rung cannot run", () => {
    const forced = (rung: string, shape: Conv2dShape, device: DeviceTraits) => () =>
      planKernel(conv2dForward, shape, { device, rung: `conv2d-forward/${rung}` });
    const lanes = "08-vec4-lanes";
    expect(forced(lanes, layer, { ...cpu, subgroupSize: 4 })).toThrow("subgroups of 4 lanes, at least 8 needed");
    expect(forced(lanes, { ...layer, IC: 3 }, cpu)).toThrow("IC = 3 is no multiple of 4");
    expect(forced(lanes, { ...layer, OC: 6 }, cpu)).toThrow("OC = 6 is no multiple of 4");
    expect(forced(lanes, layer, baselineDevice)).toThrow("the adapter lacks subgroups");
    expect(forced("09-gemm-1x1", layer, cpu)).toThrow("it is no 1x1 convolution of stride 1 without padding");
    expect(forced("10-winograd", { ...layer, stride: 2 }, cpu)).toThrow("it is no 3x3 convolution of stride 1");
    expect(forced("13-uniform-rows", layer, cpu)).toThrow("it is no 1x1 convolution without padding");
    expect(forced("15-kernel-lines", { ...layer, OC: 6 }, cpu)).toThrow("OC = 6 is no multiple of 4");
    expect(forced("15-kernel-lines", { ...layer, N: 1024 }, cpu)).toThrow(
      "it needs a buffer of 226492416 bytes, the adapter binds 134217728",
    );
    expect(forced("10-winograd", { ...layer, N: 2048 }, cpu)).toThrow(
      "it needs a buffer of 536870912 bytes, the adapter binds 134217728",
    );
  });
  it("adds up in an output only where that is f32", () => {
    const whole = { ...layer, KH: 1, KW: 1, padding: 0 };
    for (const [kernel, rung] of [
      [conv2dForward, "conv2d-forward/29-tall-rows"],
      [conv2dForward, "conv2d-forward/30-tall-panels"],
      [conv2dForward, "conv2d-forward/31-tall-lines"],
      [conv2dGradInput, "conv2d-grad-input/28-row-panels"],
      [conv2dGradInput, "conv2d-grad-input/29-tall-rows"],
    ] as const) {
      const plan = (shape: Conv2dShape) => () => planKernel(kernel, shape, { device: cpu, rung });
      expect(plan(whole)).not.toThrow();
      expect(plan({ ...whole, storage: "f16" })).toThrow("it adds up in its output, which lies in memory as f16");
    }
  });
  it("takes tensor cores only where they multiply the matrices that the rung is written for", () => {
    const features = new Set(["subgroups", "shader-f16", "chromium-experimental-subgroup-matrix"]);
    const square = { componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 };
    const matrices = (changes: Partial<DeviceTraits>) => () =>
      kernels.map(
        (kernel) =>
          planKernel(kernel, layer, {
            device: {
              ...cpu,
              deviceClass: "discrete",
              features,
              subgroupSize: 32,
              subgroupMatrices: [square],
              ...changes,
            },
            rung: kernel.rungs.find(({ id }) => id.endsWith("-subgroup-matrix"))!.id,
          }).rung,
      );
    expect(matrices({})).not.toThrow();
    expect(matrices({ subgroupSize: 64 })).toThrow("subgroups of 64 lanes, 32 needed");
    expect(matrices({ subgroupMatrices: [{ ...square, resultComponentType: "f16" }] })).toThrow(
      "no 16 x 16 x 16 matrices",
    );
    expect(matrices({ subgroupMatrices: [{ ...square, K: 8 }] })).toThrow("no 16 x 16 x 16 matrices");
    expect(matrices({ features: new Set(["subgroups"]) })).toThrow("the adapter lacks shader-f16");
  });
});

describe("a plan", () => {
  it("checks the shape first", () => {
    for (const kernel of kernels) {
      expect(() => planKernel(kernel, { ...layer, stride: 0 }, { device: cpu })).toThrow("stride is 0");
    }
  });
  it("stays within 65535 workgroups a dimension at 224 px, batch 32", () => {
    const stem: Conv2dShape = { N: 32, IH: 224, IW: 224, IC: 3, OC: 64, KH: 7, KW: 7, stride: 2, padding: 3 };
    for (const kernel of kernels) {
      for (const { id, unsupported } of kernel.rungs) {
        if (unsupported?.(stem, cpu)) continue;
        const { dispatches } = planKernel(kernel, stem, { device: cpu, rung: id });
        expect(Math.max(...dispatches.flatMap(({ workgroups }) => workgroups))).toBeLessThanOrEqual(65535);
      }
    }
  });
  it("gives a tile of panels as many rows as leave few of the last unused", () => {
    const rowsOf = (N: number): number[] => {
      const shape: Conv2dShape = { ...layer, KH: 1, KW: 1, padding: 0, N, IH: 4, IW: 4 };
      const rung = "conv2d-grad-input/28-row-panels";
      return planKernel(conv2dGradInput, shape, { device: cpu, rung }).scratch["rows"]!.shape.slice(1, 4) as number[];
    };
    expect(rowsOf(392)).toEqual([131, 16, 48]);
    expect(rowsOf(8)).toEqual([4, 16, 32]);
    expect(rowsOf(1)).toEqual([1, 16, 16]);
  });
  it("splits a long sum over few weights into many workgroups, and leaves a short one whole", () => {
    const options = { device: cpu, rung: "conv2d-grad-weight/09-vec4-lanes" };
    const long = planKernel(conv2dGradWeight, { ...layer, KH: 1, KW: 1, padding: 0 }, options);
    expect(long.scratch["partials"]!.shape).toEqual([32, 1, 1, 64, 64]);
    expect(long.dispatches.map(({ entryPoint }) => entryPoint)).toEqual(["main", "total"]);
    const short = planKernel(conv2dGradWeight, { ...layer, IH: 2, IW: 2, IC: 512, OC: 512 }, options);
    expect(short.scratch["partials"]!.shape).toEqual([4]);
  });
  it("keeps partial sums small beside the arena", () => {
    for (const [IC, OC, I, K] of [
      [3, 64, 224, 7],
      [64, 64, 56, 3],
      [2048, 512, 7, 1],
      [512, 512, 56, 3],
    ] as const) {
      const shape: Conv2dShape = { N: 32, IH: I, IW: I, IC, OC, KH: K, KW: K, stride: 1, padding: 0 };
      const sizes = ["04-split-k", "07-registers-only", "08-lane-broadcast"].map((name) => {
        const options = { device: cpu, rung: `conv2d-grad-weight/${name}` };
        return sizeBytes(planKernel(conv2dGradWeight, shape, options).scratch["partials"]!);
      });
      expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 23); // at most twice 256 tiles of 64 x 64
    }
  });
});
