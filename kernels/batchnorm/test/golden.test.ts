import { whyUnsupported, type Kernel } from "@fledge/runtime";
import { listCases, loadCase, openTestGpu, relativeError, runKernel, type TensorData } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { toNhwc } from "@fledge/safetensors";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import { applyReference, backwardReference, statisticsReference } from "../src/reference.ts";

type Tensors = Record<string, TensorData>;
type Reference<Shape> = (shape: Shape, inputs: Tensors) => Record<string, Float64Array>;

const trainOps = {
  batchnorm2d_train: { relu: false, residual: false },
  batchnorm2d_relu_train: { relu: true, residual: false },
  batchnorm2d_add_relu_train: { relu: true, residual: true },
};

function open(directory: string) {
  const golden = loadCase<{ readonly epsilon: number; readonly momentum: number }>(directory);
  const [N, C, H, W] = golden.shape("input");
  return {
    sizes: { N, H, W, C },
    attributes: golden.attributes,
    tensor: (name: string) => toNhwc(golden.float32(name), golden.shape(name)).data,
    /** Says which outputs miss the stored tensors that `stored` maps them to. */
    misses: (outputs: Record<string, ArrayLike<number>>, stored: Record<string, string>): string[] =>
      Object.entries(stored).flatMap(([output, name]) => {
        const error = relativeError(
          outputs[output],
          toNhwc(golden.float32(name), golden.shape(name)).data,
          golden.floorOf(name),
        );
        return error <= golden.toleranceOf(name) ? [] : [`${name}: relative error ${error}`];
      }),
  };
}

const rounded = (outputs: Record<string, Float64Array>): Record<string, Float32Array<ArrayBuffer>> =>
  Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Float32Array.from(values)]));

describe("batchnorm against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();

  /** One test of the reference and one of every rung that supports the shape. */
  function expectGolden<Shape>(
    directory: string,
    {
      kernel,
      reference,
      shape,
      inputs,
      stored,
    }: {
      kernel: Kernel<Shape>;
      reference: Reference<Shape>;
      shape: Shape;
      inputs: Tensors;
      /** Output -> name of the stored tensor. */
      stored: Record<string, string>;
    },
  ): void {
    const { misses } = open(directory);
    const name = basename(directory);
    it(`${kernel.name} reference, ${name}`, () => expect(misses(reference(shape, inputs), stored)).toEqual([]));
    for (const rung of kernel.rungs.filter((one) => whyUnsupported(one, shape, gpu.traits) === null)) {
      it(`${rung.id}, ${name}`, async () => {
        expect(misses(await runKernel(gpu, kernel, shape, inputs, { rung: rung.id }), stored)).toEqual([]);
      });
    }
  }

  for (const [op, { relu, residual }] of Object.entries(trainOps)) {
    for (const directory of listCases(op)) {
      const { sizes, attributes, tensor } = open(directory);
      const { epsilon, momentum } = attributes;
      const x = tensor("input");
      const running = { runningMean: tensor("running_mean"), runningVariance: tensor("running_var") };
      expectGolden(directory, {
        kernel: batchnormStatistics,
        reference: statisticsReference,
        shape: { ...sizes, momentum },
        inputs: { x, ...running },
        stored: {
          mean: "batch_mean",
          variance: "batch_var",
          runningMean: "running_mean_after",
          runningVariance: "running_var_after",
        },
      });

      const { mean, variance } = rounded(statisticsReference({ ...sizes, momentum }, { x, ...running }));
      const shape = { ...sizes, epsilon, relu, residual };
      const inputs = {
        x,
        mean,
        variance,
        weight: tensor("weight"),
        bias: tensor("bias"),
        ...(residual ? { residual: tensor("residual") } : {}),
      };
      expectGolden(directory, {
        kernel: batchnormApply,
        reference: applyReference,
        shape,
        inputs,
        stored: { out: "output" },
      });

      const { out } = rounded(applyReference(shape, inputs));
      expectGolden(directory, {
        kernel: batchnormBackward,
        reference: backwardReference,
        shape: { ...shape, frozen: false },
        inputs: {
          x,
          mean,
          variance,
          weight: inputs.weight,
          ...(relu ? { gate: residual ? out : inputs.bias } : {}),
          dOut: tensor("grad_output"),
        },
        stored: {
          dX: "grad/input",
          dWeight: "grad/weight",
          dBias: "grad/bias",
          ...(residual ? { dResidual: "grad/residual" } : {}),
        },
      });
    }
  }

  for (const directory of listCases("batchnorm2d_eval")) {
    const { sizes, attributes, tensor } = open(directory);
    expectGolden(directory, {
      kernel: batchnormApply,
      reference: applyReference,
      shape: { ...sizes, epsilon: attributes.epsilon, relu: false, residual: false },
      inputs: {
        x: tensor("input"),
        mean: tensor("running_mean"),
        variance: tensor("running_var"),
        weight: tensor("weight"),
        bias: tensor("bias"),
      },
      stored: { out: "output" },
    });
  }
});
