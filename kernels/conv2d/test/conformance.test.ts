import { whyUnsupported, type Kernel } from "@fledge/runtime";
import { listCases, loadCase, openTestGpu, relativeError, runKernel, type GoldenCase } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { permute, toNhwc } from "@fledge/safetensors";
import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "../src/index.ts";
import { conv2dForwardReference, conv2dGradInputReference, conv2dGradWeightReference } from "../src/reference.ts";

type Golden = GoldenCase<{ readonly stride: number; readonly padding: number; readonly kernel: number }>;

const nchwToNhwc = (golden: Golden, name: string): Float32Array<ArrayBuffer> =>
  toNhwc(golden.float32(name), golden.shape(name)).data;
const oihwToHwio = (golden: Golden, name: string): Float32Array<ArrayBuffer> =>
  permute(golden.float32(name), golden.shape(name), [2, 3, 1, 0]).data;

describe("conv2d against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("conv2d")) {
    const golden: Golden = loadCase(directory);
    const { stride, padding } = golden.attributes;
    const [N, IC, IH, IW] = golden.shape("input") as [number, number, number, number];
    const [OC, , KH, KW] = golden.shape("weight") as [number, number, number, number];
    const shape: Conv2dShape = { N, IH, IW, IC, OC, KH, KW, stride, padding };
    const x = nchwToNhwc(golden, "input");
    const weight = oihwToHwio(golden, "weight");
    const dOut = nchwToNhwc(golden, "grad_output");
    const expected = {
      output: nchwToNhwc(golden, "output"),
      "grad/input": nchwToNhwc(golden, "grad/input"),
      "grad/weight": oihwToHwio(golden, "grad/weight"),
    };
    const expectGolden = (name: keyof typeof expected, actual: ArrayLike<number>, errorFactor = 1): void => {
      const error = relativeError(actual, expected[name], golden.floorOf(name));
      expect(error, `${golden.name} ${name}`).toBeLessThanOrEqual(errorFactor * golden.toleranceOf(name));
    };
    const expectEveryRung = async (
      kernel: Kernel<Conv2dShape>,
      inputs: Parameters<typeof runKernel>[3],
      result: string,
      name: keyof typeof expected,
    ): Promise<void> => {
      const able = kernel.rungs.filter((rung) => whyUnsupported(rung, shape, gpu.traits) === null);
      expect(able.length).toBeGreaterThanOrEqual(4); // Four rungs take every shape.
      for (const { id, errorFactor } of able) {
        const outputs = await runKernel(gpu, kernel, shape, inputs, { rung: id });
        expectGolden(name, outputs[result]!, errorFactor?.(shape));
      }
    };

    it(`reference, ${golden.name}`, () => {
      expectGolden("output", conv2dForwardReference(shape, x, weight));
      expectGolden("grad/input", conv2dGradInputReference(shape, dOut, weight));
      expectGolden("grad/weight", conv2dGradWeightReference(shape, x, dOut));
    });
    it(`every rung of forward, ${golden.name}`, () => expectEveryRung(conv2dForward, { x, weight }, "out", "output"));
    it(`every rung of grad-input, ${golden.name}`, () =>
      expectEveryRung(conv2dGradInput, { dOut, weight }, "dX", "grad/input"));
    it(`every rung of grad-weight, ${golden.name}`, () =>
      expectEveryRung(conv2dGradWeight, { x, dOut }, "dWeight", "grad/weight"));
  }
});
