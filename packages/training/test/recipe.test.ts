// Schedules, Nesterov, spared weight decay and averaged weights in a whole training.
import { readVariables, writeVariables } from "@fledge/autograd";
import { ImageCache, type View } from "@fledge/data";
import { stateDict } from "@fledge/resnet";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import {
  averageWeight,
  checkpointOf,
  evaluate,
  renderedImages,
  restoreCheckpoint,
  supervised,
  train,
  type Checkpoint,
  type EpochRecord,
  type Keeper,
  type TrainingPlan,
} from "../src/index.ts";
import { narrowModel } from "./networks.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const view: View = { crop: { kind: "center", resize: 32, size: 32 }, flip: true };
const dataset = await noiseImages("trained on", 10, 2);
const validation = { dataset: await noiseImages("validated on", 6, 2), view };
const objective = supervised(renderedImages(32), { labelSmoothing: 0 });
const average = { rule: "tf_num_updates", decay: 0.999 } as const;
const cosine = { kind: "cosine", initial: 0.1, final: 0, warmupStart: 0, rule: "after_warmup" } as const;

const plain: TrainingPlan = {
  phases: [{ name: "one", epochs: 3, dataset, view, objective }],
  batch: { size: 4, atOnce: 4 },
  evaluationBatchSize: 4,
  learningRate: { initial: 0.1, stepSize: 2, gamma: 0.5 },
  momentum: 0.9,
  weightDecay: 0.01,
  validation,
  bestFrom: "every phase",
  seed: 5,
  loader: { workers: 0, cache: new ImageCache(2 ** 24) },
};
const all: TrainingPlan = {
  ...plain,
  learningRate: { ...cosine, warmupEpochs: 1, per: "step" as const },
  nesterov: true,
  decayNormAndBias: false,
  average: { ...average, use: "both" },
};

type Tensors = Checkpoint["tensors"];
interface Held {
  checkpoint?: Checkpoint;
  readonly kept: { readonly who: string; readonly epoch: number; readonly tensors: Tensors }[];
}

/** Keeps in memory; stops for good after `epochs` epochs, as a killed process would. */
const keepIn = (held: Held, epochs = Infinity): Keeper => ({
  resume: (model, optimiser) =>
    Promise.resolve(
      held.checkpoint
        ? restoreCheckpoint(held.checkpoint, "memory", model, optimiser)
        : { epochsDone: 0, steps: 0, best: null, log: [] },
    ),
  async best(model, { steps, best }, who) {
    held.kept.push({ who, epoch: best!.epoch, tensors: await stateDict(model.gpu, model.network, steps) });
  },
  async last(model, optimiser, progress) {
    held.checkpoint = await checkpointOf(model, optimiser, progress);
    if (progress.epochsDone === epochs) throw new Error("killed");
  },
});

const silent = { training: () => {}, step: () => {}, epoch: () => {} };

async function trained(plan: TrainingPlan) {
  const held: Held = { kept: [] };
  const epochs: EpochRecord[] = [];
  const model = narrowModel(gpu, 32, 2, 4);
  await train(model, plan, keepIn(held), { ...silent, epoch: (record) => epochs.push(record) });
  const tensors = new Map([...held.checkpoint!.tensors].filter(([name]) => name !== "training.log"));
  return { model, kept: held.kept, epochs, tensors };
}

const bytes = ({ buffer }: ArrayBufferView): Buffer => Buffer.from(buffer);

/** The checkpoint's averages, as tensors of the network, which the checkpoint has in PyTorch's layouts and these are not. */
const averagesIn = (tensors: Tensors) =>
  new Map(
    [...tensors].flatMap(([name, { data }]) => (name.startsWith("optimiser.average.") ? [[name.slice(18), data]] : [])),
  );

const usual = await trained(plain);
const whole = await trained(all);

it("with all of it, cut off between epochs, goes on to the same bits; so does a batch in parts", async () => {
  for (const plan of [all, { ...all, batch: { size: 4, atOnce: 2 } }]) {
    const expected = plan === all ? whole : await trained(plan);
    const held: Held = { kept: [] };
    await expect(train(narrowModel(gpu, 32, 2, 4), plan, keepIn(held, 2), silent)).rejects.toThrow("killed");
    await train(narrowModel(gpu, 32, 2, 4), plan, keepIn(held), silent);
    const tensors = [...held.checkpoint!.tensors].filter(([name]) => name !== "training.log");
    expect(tensors).toEqual([...expected.tensors]);
    expect(held.kept).toEqual(expected.kept);
  }
});

it.each<[string, Partial<TrainingPlan>]>([
  ["nesterov", { nesterov: true }],
  ["decayNormAndBias", { decayNormAndBias: false }],
  ["learningRate: a cosine by epoch", { learningRate: { ...cosine, warmupEpochs: 1, per: "epoch" as const } }],
])("%s changes what is trained", async (_name, change) => {
  const { tensors } = await trained({ ...plain, ...change });
  expect([...tensors.keys()]).toEqual([...usual.tensors.keys()]);
  expect(tensors).not.toEqual(usual.tensors);
});

it("a cosine by step is not one by epoch, and logs the rate of an epoch's first step", async () => {
  const schedule = { ...cosine, warmupEpochs: 1 };
  const [byStep, byEpoch] = [
    await trained({ ...plain, learningRate: { ...schedule, per: "step" as const } }),
    await trained({ ...plain, learningRate: { ...schedule, per: "epoch" as const } }),
  ];
  const rates = ({ epochs }: typeof byStep) => epochs.map(({ learningRate }) => learningRate);
  for (const run of [byStep, byEpoch])
    [0, 0.1, 0.05].forEach((rate, at) => expect(rates(run)[at]).toBeCloseTo(rate, 12));
  expect(byStep.tensors).not.toEqual(byEpoch.tensors);
});

it("weight decay spares vectors and nothing else", async () => {
  // At a rate of nothing the weights stay as they are, and the buffers differ by the decay that went into them.
  const still = { ...plain, learningRate: { initial: 1e-30, stepSize: 1, gamma: 1 } };
  const { tensors: spared } = await trained({ ...still, decayNormAndBias: false });
  const { tensors: decayed } = await trained(still);
  const differing = [...spared].filter(([name, { data }]) =>
    Buffer.compare(bytes(data), bytes(decayed.get(name)!.data)),
  );
  const names = differing.map(([name]) => name);
  expect(names).toContain("optimiser.momentum.bn1.weight");
  expect(names).toContain("optimiser.momentum.fc.bias");
  // BatchNorm's biases begin at zero, which decays by nothing.
  const vectors = [...spared].filter(([name, { shape }]) => name.startsWith("optimiser.") && shape.length === 1);
  expect(names).toEqual(vectors.map(([name]) => name).filter((name) => !/(bn\d|downsample\.1)\.bias$/.test(name)));
});

it("averages change nothing about the training, and follow its rule from the weights that it began with", async () => {
  const one = { ...plain, phases: [{ ...plain.phases[0]!, epochs: 1 }], batch: { size: 10, atOnce: 10 } };
  const { tensors, kept, model } = await trained({ ...one, average: { ...average, use: "teacher" } });
  const { tensors: without } = await trained(one);
  for (const [name, tensor] of without) expect(tensors.get(name), name).toEqual(tensor);
  const initial = await readVariables(gpu, narrowModel(gpu, 32, 2, 4).network.variables);
  const now = await readVariables(gpu, model.network.variables);
  const weight = averageWeight(average, 1);
  const averages = averagesIn(tensors);
  expect([...averages.keys()].sort()).toEqual([...now.keys()].sort()); // Running statistics too.
  for (const [name, values] of averages) {
    const [from, to] = [initial.get(name)!, now.get(name)!];
    (values as Float32Array).forEach((value, i) => {
      expect(Math.abs(value - (from[i]! + weight * (to[i]! - from[i]!)))).toBeLessThanOrEqual(
        1e-6 * (1 + Math.abs(to[i]!)),
      );
    });
  }
  expect(kept.map(({ who }) => who)).toEqual(["evaluated", "teacher"]);
});

it("averages begin at weights that were loaded for the training", async () => {
  const held: Held = { kept: [] };
  const keeper = keepIn(held);
  const model = narrowModel(gpu, 32, 2, 4);
  const still = { initial: 1e-30, stepSize: 1, gamma: 1 };
  const averagePlan = { rule: "constant", decay: 0.5, use: "both" } as const;
  const plan = { ...plain, phases: [{ ...plain.phases[0]!, epochs: 1 }], learningRate: still, average: averagePlan };
  const loads: Keeper["resume"] = async (given, optimiser) => {
    const values = await readVariables(gpu, given.network.parameters);
    const loaded = new Map([...values].map(([name, value]) => [name, Float32Array.from(value, (one) => 1 + 2 * one)]));
    writeVariables(gpu, given.network.parameters, loaded);
    return keeper.resume(given, optimiser);
  };
  await train(model, plan, { ...keeper, resume: loads }, silent);
  const now = await readVariables(gpu, model.network.parameters);
  // At a rate of nothing the weights stay as they were loaded, and so does their average.
  expect(averagesIn(held.checkpoint!.tensors).get("conv1.weight")).toEqual(now.get("conv1.weight"));
});

const accuracyOf = async (model: Awaited<ReturnType<typeof trained>>["model"], repeat: number) => {
  const { loss } = await evaluate(model, { ...validation, seed: 5, repeat, batchSize: 4, ...plain.loader });
  return loss;
};

it.each(["teacher", "evaluated", "both"] as const)("use %s says whose weights are averages", async (use) => {
  const one = { ...plain, phases: [{ ...plain.phases[0]!, epochs: 1 }] };
  const { model, tensors, kept, epochs } = await trained({ ...one, average: { ...average, use } });
  const weights = (await stateDict(gpu, model.network, 3)).get("fc.bias")!.data;
  const averaged = averagesIn(tensors).get("fc.bias")!;
  expect(averaged).not.toEqual(weights);
  const shown = {
    evaluated: use === "teacher" ? weights : averaged,
    teacher: use === "evaluated" ? weights : averaged,
  };
  expect(kept.map(({ who, tensors: held }) => [who, held.get("fc.bias")!.data])).toEqual(
    use === "both" ? [["evaluated", averaged]] : Object.entries(shown),
  );
  // The model is left with the weights that are trained on; validation saw what is evaluated.
  expect((epochs[0]!.validationLoss === (await accuracyOf(model, 0))) === (use === "teacher")).toBe(true);
});
