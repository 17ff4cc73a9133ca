import {
  add,
  autocast,
  batchNorm,
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  maxPool2d,
  place,
  readVariables,
  release,
  relu,
  softmaxCrossEntropy,
  Variable,
  type Tensor,
} from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { fromTorch, toTorch, type Mode } from "@fledge/resnet";
import { toNchw, toNhwc } from "@fledge/safetensors";
import { z } from "zod";
import type { CaseRunner, Dense } from "../context.ts";

type Inputs = Readonly<Record<string, Variable>>;

/** An op of the cases as a function of our operators. Tensors are variables, so that any of them can be differentiated. */
interface LayerOp {
  readonly forward: (inputs: Inputs, golden: GoldenCase, labels: Tensor | undefined) => Tensor;
  /** Inputs that are weights: OIHW or [out,in] in the cases. */
  readonly weights?: readonly string[];
  /** Running statistics, changed in place: input name -> name of the output that holds them afterwards. */
  readonly updated?: Readonly<Record<string, string>>;
}

const momentsOf = (inputs: Inputs) => ({
  weight: inputs["weight"]!,
  bias: inputs["bias"]!,
  runningMean: inputs["running_mean"]!,
  runningVariance: inputs["running_var"]!,
});

const batchNormOp = (mode: Mode, finish: (normalised: Tensor, inputs: Inputs) => Tensor): LayerOp => ({
  forward(inputs, golden) {
    const { epsilon, momentum } = golden.attributesAs(
      z.object({ epsilon: z.number(), momentum: z.number().default(0.1) }),
    );
    return finish(batchNorm(inputs["input"]!, momentsOf(inputs), { mode, epsilon, momentum }), inputs);
  },
  ...(mode === "train" ? { updated: { running_mean: "running_mean_after", running_var: "running_var_after" } } : {}),
});

export const layerOps: Readonly<Record<string, LayerOp>> = {
  conv2d: {
    forward: ({ input, weight }, golden) =>
      conv2d(input!, weight!, golden.attributesAs(z.object({ stride: z.int(), padding: z.int() }))),
    weights: ["weight"],
  },
  batchnorm2d_train: batchNormOp("train", (normalised) => normalised),
  batchnorm2d_relu_train: batchNormOp("train", (normalised) => relu(normalised)),
  batchnorm2d_add_relu_train: batchNormOp("train", (normalised, { residual }) => relu(add(normalised, residual!))),
  batchnorm2d_eval: batchNormOp("eval", (normalised) => normalised),
  relu: { forward: ({ input }) => relu(input!) },
  maxpool2d: {
    forward: ({ input }, golden) =>
      maxPool2d(input!, golden.attributesAs(z.object({ kernel: z.int(), stride: z.int(), padding: z.int() }))),
  },
  global_avgpool2d: { forward: ({ input }) => globalAveragePool(input!) },
  linear: { forward: ({ input, weight, bias }) => linear(input!, weight!, bias!), weights: ["weight"] },
  softmax_cross_entropy: {
    forward({ logits, target }, golden, labels) {
      const { label_smoothing: labelSmoothing } = golden.attributesAs(
        z.object({ label_smoothing: z.number(), reduction: z.literal("mean") }),
      );
      return softmaxCrossEntropy(logits!, labels ?? target!, { labelSmoothing });
    },
  },
};

/** Runs a layer or the loss: outputs, gradients of sum(output * grad_output), and running statistics. */
export const runLayer: CaseRunner = async (golden, { gpu, rungs, precision = "f32" }) => {
  const op = layerOps[golden.op]!;
  const isWeight = (name: string): boolean => op.weights?.includes(name) ?? false;
  const ours = (name: string): Dense => (isWeight(name) ? fromTorch : toNhwc)(golden.float32(name), golden.shape(name));
  const theirs = (name: string, { data, shape }: Dense): Dense => (isWeight(name) ? toTorch : toNchw)(data, shape);

  const labels = golden.inputs.includes("labels") ? golden.int32("labels") : undefined;
  const variables = golden.inputs
    .filter((name) => name !== "labels")
    .map((name) => {
      const { shape, data } = ours(name);
      return new Variable(
        name,
        { shape, dtype: "f32" },
        name.startsWith("running") ? "statistic" : "parameter",
        () => data,
      );
    });
  const byName = Object.fromEntries(variables.map((variable) => [variable.name, variable]));
  const differentiated = Object.keys(golden.gradients).map((name) => {
    const variable = byName[name];
    if (!variable) throw new Error(`case.json wants the gradient of "${name}", which is no float input of it`);
    return variable;
  });
  const upstream = differentiated.length > 0 ? ours("grad_output") : undefined;
  place(gpu, variables);
  try {
    const output = golden.outputs[0]!;
    const inputs = { labels: int32(labels?.length ?? 1), upstream: float32(...(upstream?.shape ?? [])) };
    let outputShape: readonly number[] = [];
    const program = await compile(
      gpu,
      inputs,
      (given) => {
        const result = autocast(precision, () => op.forward(byName, golden, labels ? given.labels : undefined));
        outputShape = result.shape;
        const gradients = upstream ? grad(result, differentiated, given.upstream) : [];
        return {
          [output]: result,
          ...Object.fromEntries(differentiated.map(({ name }, i) => [`gradient of ${name}`, gradients[i]!])),
        };
      },
      { rungs },
    );
    const values: Record<string, unknown> = await program.run({
      labels: labels ?? new Int32Array(1),
      upstream: upstream?.data ?? new Float32Array(1),
    });
    program.release();
    const computed = new Map<string, Dense>([[output, toNchw(values[output] as Float32Array, outputShape)]]);
    for (const { name, shape } of differentiated) {
      computed.set(
        golden.gradients[name]!,
        theirs(name, { shape, data: values[`gradient of ${name}`] as Float32Array<ArrayBuffer> }),
      );
    }
    const after = await readVariables(gpu, variables);
    for (const [name, stored] of Object.entries(op.updated ?? {})) {
      computed.set(stored, { shape: byName[name]!.shape, data: after.get(name) as Float32Array<ArrayBuffer> });
    }
    return computed;
  } finally {
    release(gpu, variables);
  }
};
