import { baselineDevice, planKernel, sizeBytes, type DeviceTraits } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "../src/index.ts";

const kernels = [conv2dForward, conv2dGradInput, conv2dGradWeight];
const cpu: DeviceTraits = { ...baselineDevice, features: new Set(["subgroups"]), subgroupSize: 8 };
const layer: Conv2dShape = { N: 32, IH: 16, IW: 16, IC: 64, OC: 64, KH: 3, KW: 3, stride: 1, padding: 1 };

const chosen = (shape: Conv2dShape, device: DeviceTraits): string[] =>
  kernels.map((kernel) => planKernel(kernel, shape, { device }).rung);

describe("the choice of a rung", () => {
  it("takes the widest shared loads on a CPU adapter with subgroups", () => {
    expect(chosen(layer, cpu)).toEqual([
      "conv2d-forward/04-vec4-lanes", "conv2d-grad-input/03-lane-broadcast", "conv2d-grad-weight/04-vec4-lanes",
    ]);
  });
  it("takes what the stem's 3 channels allow", () => {
    expect(chosen({ ...layer, IC: 3, KH: 7, KW: 7, stride: 2, padding: 3 }, cpu)).toEqual([
      "conv2d-forward/03-lane-broadcast",
      "conv2d-grad-input/02-register-blocked",
      "conv2d-grad-weight/03-lane-broadcast",
    ]);
  });
  it("takes registers alone where channels are ragged, subgroups missing or narrow, or the adapter is a GPU", () => {
    const registers = kernels.map(({ name }) => `${name}/02-register-blocked`);
    expect(chosen({ ...layer, OC: 5 }, cpu)).toEqual(registers);
    expect(chosen(layer, baselineDevice)).toEqual(registers);
    expect(chosen(layer, { ...cpu, subgroupSize: 4 })).toEqual(registers);
    expect(chosen(layer, { ...cpu, deviceClass: "discrete", subgroupSize: 32 })).toEqual(registers);
  });
  it("says why a lane-broadcast rung cannot run", () => {
    const forced = (shape: Conv2dShape, device: DeviceTraits) => () =>
      planKernel(conv2dForward, shape, { device, rung: "conv2d-forward/04-vec4-lanes" });
    expect(forced(layer, { ...cpu, subgroupSize: 4 })).toThrow("subgroups of 4 lanes, at least 8 needed");
    expect(forced({ ...layer, IC: 3 }, cpu)).toThrow("IC = 3 is no multiple of 4");
    expect(forced({ ...layer, OC: 6 }, cpu)).toThrow("OC = 6 is no multiple of 4");
    expect(forced(layer, baselineDevice)).toThrow("the adapter lacks subgroups");
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
  it("splits a long sum over few weights into many workgroups, and leaves a short one whole", () => {
    const long = planKernel(conv2dGradWeight, { ...layer, KH: 1, KW: 1, padding: 0 }, { device: cpu });
    expect(long.scratch["partials"]!.shape).toEqual([32, 1, 1, 64, 64]);
    expect(long.dispatches.map(({ entryPoint }) => entryPoint)).toEqual(["main", "total"]);
    const short = planKernel(conv2dGradWeight, { ...layer, IH: 2, IW: 2, IC: 512, OC: 512 }, { device: cpu });
    expect(short.scratch["partials"]!.shape).toEqual([4]);
  });
  it("keeps partial sums small beside the arena", () => {
    for (const [IC, OC, I, K] of [[3, 64, 224, 7], [64, 64, 56, 3], [2048, 512, 7, 1], [512, 512, 56, 3]] as const) {
      const shape: Conv2dShape = { N: 32, IH: I, IW: I, IC, OC, KH: K, KW: K, stride: 1, padding: 0 };
      const { partials } = planKernel(conv2dGradWeight, shape, { device: cpu }).scratch;
      expect(sizeBytes(partials!)).toBeLessThanOrEqual(2 ** 20);
    }
  });
});
