// Fledge, through the packages that training uses.
import {
  batchNorm,
  compile,
  conv2d,
  float32,
  grad,
  kernelUses,
  place,
  release,
  Sgd,
  Variable,
  type Program,
  type ProgramSource,
  type Tensor,
} from "@fledge/autograd";
import { choicesOf, kernelRecordOf } from "@fledge/orchestrator/src/run/kernels-file.ts";
import { TuningCache } from "@fledge/orchestrator/src/tuning/cache.ts";
import { chooseKernels } from "@fledge/orchestrator/src/tuning/choose.ts";
import { loadStateDict, resnet50 } from "@fledge/resnet";
import { Gpu } from "@fledge/runtime";
import { readSafetensors } from "@fledge/safetensors";
import { normalisedImages, supervised, trainingStep } from "@fledge/training";
import { readFloats, readInts, serve, type Outputs, type Prepared } from "../contender.ts";
import type { InputFiles } from "../inputs.ts";
import { epsilon, outputSide, runningMomentum, type BatchNormTask, type ConvTask, type NetworkTask } from "../tasks.ts";

const gpu = await Gpu.open();
const cache = await TuningCache.open(gpu.adapter);

/** Compiles on the rungs that training would take: the fastest in the tuning cache, which real GPUs fill on first use. */
async function compileTuned<Inputs extends string, Results extends string>(
  ...source: ProgramSource<Inputs, Results>
): Promise<Program<Inputs, Results>> {
  const timeMissing = gpu.traits.deviceClass !== "software";
  const chosen = await chooseKernels(gpu, kernelUses(gpu, source), { cache, timeMissing });
  return compile(gpu, ...source, { choices: choicesOf(chosen.map((one) => kernelRecordOf(one, gpu.traits))) });
}

/** A variable with the contents of an input file, on the device. */
function variableOf(inputs: InputFiles, name: string, shape: readonly number[]): Variable {
  const variable = new Variable(name, float32(...shape), "parameter", () => readFloats(inputs[name]!));
  place(gpu, [variable]);
  return variable;
}

/** Runs a program's kernels with operands and results on the device, without reading results back. */
async function onDevice(
  program: Program<"dOut", string>,
  dOut: Float32Array,
  variables: readonly Variable[],
): Promise<Prepared> {
  await program.run({ dOut }); // Writes the input; the runs below leave it as it is.
  const prepared = await Promise.all(program.kernels.map(({ plan, slices }) => gpu.prepare(plan, slices)));
  const once = prepared.flat();
  return {
    run: async (repeats) => {
      gpu.submit(Array.from({ length: repeats }, () => once).flat());
      await gpu.idle();
    },
    outputs: async () => (await program.run({ dOut })) as Outputs,
    release: () => {
      program.release();
      for (const variable of variables) release(gpu, [variable]);
    },
  };
}

async function prepareConv({ direction, shape }: ConvTask, inputs: InputFiles): Promise<Prepared> {
  const { N, IH, IW, IC, OC, KH, KW, stride, padding } = shape;
  const x = variableOf(inputs, "x", [N, IH, IW, IC]);
  const weight = variableOf(inputs, "weight", [KH, KW, IC, OC]);
  const side = outputSide(shape);
  const program = await compileTuned({ dOut: float32(N, side, side, OC) }, ({ dOut }): Record<string, Tensor> => {
    const out = conv2d(x, weight, { stride, padding });
    if (direction === "forward") return { out };
    const [gradient] = grad(out, [direction === "gradInput" ? x : weight], dOut);
    return direction === "gradInput" ? { dX: gradient! } : { dWeight: gradient! };
  });
  return onDevice(program, readFloats(inputs["dOut"]!), [x, weight]);
}

async function prepareBatchNorm({ shape: { N, H, W, C } }: BatchNormTask, inputs: InputFiles): Promise<Prepared> {
  const x = variableOf(inputs, "x", [N, H, W, C]);
  const weight = variableOf(inputs, "weight", [C]);
  const bias = variableOf(inputs, "bias", [C]);
  const statistic = (name: string, value: number): Variable =>
    new Variable(name, float32(C), "statistic", () => new Float32Array(C).fill(value));
  const [runningMean, runningVariance] = [statistic("running_mean", 0), statistic("running_var", 1)];
  place(gpu, [runningMean]);
  place(gpu, [runningVariance]);
  const program = await compileTuned({ dOut: float32(N, H, W, C) }, ({ dOut }): Record<string, Tensor> => {
    const out = batchNorm(
      x,
      { weight, bias, runningMean, runningVariance },
      { mode: "train", epsilon, momentum: runningMomentum },
    );
    const [dX, dWeight, dBias] = grad(out, [x, weight, bias], dOut);
    return { out, dX: dX!, dWeight: dWeight!, dBias: dBias! };
  });
  return onDevice(program, readFloats(inputs["dOut"]!), [x, weight, bias, runningMean, runningVariance]);
}

async function prepareNetwork(task: NetworkTask, inputs: InputFiles): Promise<Prepared> {
  const { kind, batch, side, classes, learningRate, momentum } = task;
  const network = resnet50({ classes });
  const sgd = new Sgd(network.parameters, { momentum });
  const placed = kind === "train" ? [...network.variables, ...sgd.variables] : network.variables;
  place(gpu, placed);
  const { tensors } = await readSafetensors(inputs["weights"]!);
  loadStateDict(gpu, network, tensors, inputs["weights"]!);
  const images = readFloats(inputs["images"]!);
  const imageSpec = float32(batch, side, side, 3);
  if (kind === "forward") {
    const program = await compileTuned({ images: imageSpec }, (input) => ({
      logits: network(input.images, { mode: "eval" }),
    }));
    let logits = new Float32Array(0);
    return {
      run: async (repeats) => {
        for (let i = 0; i < repeats; i++) logits = (await program.run({ images })).logits as Float32Array<ArrayBuffer>;
      },
      outputs: async () => ({ logits }),
      release: () => {
        program.release();
        release(gpu, placed);
      },
    };
  }
  const objective = supervised(normalisedImages(side), { labelSmoothing: 0 });
  const program = await compileTuned(...trainingStep(network, objective, sgd)(batch));
  const labels = readInts(inputs["labels"]!);
  const losses: number[] = [];
  return {
    run: async (repeats) => {
      for (let i = 0; i < repeats; i++) losses.push((await program.run({ images, labels, learningRate })).loss[0]!);
    },
    outputs: async () => ({ losses: Float32Array.from(losses.slice(0, 2)) }),
    release: () => {
      program.release();
      release(gpu, placed);
    },
  };
}

const { name, driver, software } = gpu.adapter;
await serve(async () => ({
  description: { versions: {}, adapter: { name, driver, software } },
  prepare: (task, inputs) => {
    if (task.kind === "conv") return prepareConv(task, inputs);
    if (task.kind === "batchnorm") return prepareBatchNorm(task, inputs);
    return prepareNetwork(task, inputs);
  },
}));
