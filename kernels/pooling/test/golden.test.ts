import { whyUnsupported, type Gpu, type Kernel } from "@fledge/runtime";
import { listCases, loadCase, openTestGpu, relativeError, runKernel, type GoldenCase } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { toNhwc } from "@fledge/safetensors";
import {
  globalAveragePoolBackward,
  globalAveragePoolForward,
  maxPool2dBackward,
  maxPool2dForward,
  type GlobalAveragePoolShape,
  type MaxPool2dShape,
} from "../src/index.ts";
import {
  globalAveragePoolBackwardReference,
  globalAveragePoolForwardReference,
  maxPool2dBackwardReference,
  maxPool2dForwardReference,
} from "../src/reference.ts";

/** The golden cases are NCHW, the kernels NHWC. */
const tensor = (golden: GoldenCase, name: string): Float32Array<ArrayBuffer> =>
  toNhwc(golden.float32(name), golden.shape(name)).data;

function expectGolden(golden: GoldenCase, name: string, actual: ArrayLike<number>): void {
  expect(relativeError(actual, tensor(golden, name), golden.floorOf(name))).toBeLessThanOrEqual(
    golden.toleranceOf(name),
  );
}

/** The rungs of a kernel that take this shape. */
const rungsFor = <Shape>(gpu: Gpu, kernel: Kernel<Shape>, shape: Shape): string[] =>
  kernel.rungs.filter((rung) => whyUnsupported(rung, shape, gpu.traits) === null).map(({ id }) => id);

describe("max pooling against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("maxpool2d")) {
    const golden = loadCase<{ kernel: number; stride: number; padding: number }>(directory);
    const [N, C, IH, IW] = golden.shape("input");
    const shape: MaxPool2dShape = { N, IH, IW, C, ...golden.attributes };
    const x = tensor(golden, "input");
    const dOut = tensor(golden, "grad_output");

    it(`reference, ${basename(directory)}`, () => {
      const { out, argmax } = maxPool2dForwardReference(shape, x);
      expectGolden(golden, "output", out);
      expectGolden(golden, "grad/input", maxPool2dBackwardReference(shape, argmax, dOut));
    });
    const argmax = new Uint32Array(maxPool2dForwardReference(shape, x).argmax);
    for (const rung of rungsFor(gpu, maxPool2dForward, shape)) {
      it(`${rung}, ${basename(directory)}`, async () => {
        const outputs = await runKernel(gpu, maxPool2dForward, shape, { x }, { rung });
        expectGolden(golden, "output", outputs.out);
        expect(outputs.argmax).toEqual(argmax);
      });
    }
    for (const rung of rungsFor(gpu, maxPool2dBackward, shape)) {
      it(`${rung}, ${basename(directory)}`, async () => {
        const { dX } = await runKernel(gpu, maxPool2dBackward, shape, { argmax, dOut }, { rung });
        expectGolden(golden, "grad/input", dX);
      });
    }
  }
});

describe("global average pooling against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("global_avgpool2d")) {
    const golden = loadCase(directory);
    const [N, C, H, W] = golden.shape("input");
    const shape: GlobalAveragePoolShape = { N, H, W, C };
    const x = tensor(golden, "input");
    const dOut = tensor(golden, "grad_output");

    it(`reference, ${basename(directory)}`, () => {
      expectGolden(golden, "output", globalAveragePoolForwardReference(shape, x));
      expectGolden(golden, "grad/input", globalAveragePoolBackwardReference(shape, dOut));
    });
    for (const id of rungsFor(gpu, globalAveragePoolForward, shape)) {
      it(`${id}, ${basename(directory)}`, async () => {
        const { out } = await runKernel(gpu, globalAveragePoolForward, shape, { x }, { rung: id });
        expectGolden(golden, "output", out);
      });
    }
    for (const id of rungsFor(gpu, globalAveragePoolBackward, shape)) {
      it(`${id}, ${basename(directory)}`, async () => {
        const { dX } = await runKernel(gpu, globalAveragePoolBackward, shape, { dOut }, { rung: id });
        expectGolden(golden, "grad/input", dX);
      });
    }
  }
});
