import { ImageCache, type View } from "@fledge/data";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import {
  checkpointOf,
  evaluate,
  renderedImages,
  restoreCheckpoint,
  supervised,
  train,
  type Checkpoint,
  type Keeper,
  type MetricRecord,
  type Phase,
  type TrainingPlan,
} from "../src/index.ts";
import { narrowModel } from "./networks.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const view: View = { crop: { kind: "center", resize: 32, size: 32 }, flip: true };
const dataset = await noiseImages("trained on", 10, 2);
const validation = { dataset: await noiseImages("validated on", 6, 2), view };
const objective = supervised(renderedImages(32), { labelSmoothing: 0 });
const phase = (name: string): Phase => ({ name, epochs: 2, dataset, view, objective });

const plan: TrainingPlan = {
  phases: [phase("first"), phase("second")],
  batch: { size: 4, atOnce: 4 },
  evaluationBatchSize: 4,
  learningRate: { initial: 0.1, stepSize: 2, gamma: 0.5 },
  momentum: 0.9,
  weightDecay: 0,
  validation,
  bestFrom: "last phase",
  seed: 5,
  loader: { workers: 0, cache: new ImageCache(2 ** 24) },
};

/** Keeps in memory; stops for good after `epochs` epochs, as a killed process would. */
function keepIn(
  held: { checkpoint?: Checkpoint; log: readonly MetricRecord[]; best: number[] },
  epochs = Infinity,
): Keeper {
  return {
    resume: (model, optimiser) =>
      Promise.resolve(
        held.checkpoint
          ? restoreCheckpoint(held.checkpoint, "memory", model, optimiser)
          : { epochsDone: 0, steps: 0, best: null, log: [] },
      ),
    best: (_model, { best }) => Promise.resolve(void held.best.push(best!.epoch)),
    async last(model, optimiser, progress) {
      held.log = progress.log;
      held.checkpoint = await checkpointOf(model, optimiser, progress);
      if (progress.epochsDone === epochs) throw new Error("killed");
    },
  };
}

const silent = { training: () => {}, step: () => {}, epoch: () => {} };
const model = () => narrowModel(gpu, 32, 2, 4);
const newStore = () => ({ log: [] as MetricRecord[], best: [] as number[] });

/** A checkpoint without its log, which says how long it took. */
const weightsIn = (checkpoint: Checkpoint | undefined) => {
  const { tensors, metadata } = checkpoint!;
  return { metadata, tensors: [...tensors].filter(([name]) => name !== "training.log") };
};

/** Without what the clock says. */
const epochsIn = (log: readonly MetricRecord[]) =>
  log.flatMap((record) => {
    if (record.kind !== "epoch") return [];
    const { seconds: _s, imagesPerSecond: _i, dataWaitSeconds: _d, ...numbers } = record;
    return [numbers];
  });

it("goes through the phases under one schedule, and keeps the best epoch of those that may give it", async () => {
  const held = newStore();
  await train(model(), plan, keepIn(held), silent);
  const epochs = epochsIn(held.log);
  expect(epochs.map((record) => record.phase)).toEqual(["first", "first", "second", "second"]);
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.1, 0.1, 0.05, 0.05]);
  expect(epochs.map(({ images }) => images)).toEqual([10, 10, 10, 10]);
  expect(held.log.filter(({ kind }) => kind === "step")).toHaveLength(4); // The first of each epoch.
  expect(held.best[0]).toBe(2);
  expect(epochs.filter(({ best }) => best).map(({ epoch }) => epoch)).toEqual(held.best);
});

it("cut off between epochs goes on to the same bits", async () => {
  const [whole, cut] = [newStore(), newStore()] as [Parameters<typeof keepIn>[0], Parameters<typeof keepIn>[0]];
  await train(model(), plan, keepIn(whole), silent);
  await expect(train(model(), plan, keepIn(cut, 3), silent)).rejects.toThrow("killed");
  const done: number[] = [];
  await train(model(), plan, keepIn(cut), { ...silent, training: (_epochs, epochsDone) => done.push(epochsDone) });
  expect(done).toEqual([3]);
  expect(weightsIn(cut.checkpoint)).toEqual(weightsIn(whole.checkpoint));
  expect(epochsIn(cut.log)).toEqual(epochsIn(whole.log));
});

it("validates held-out images against what the labeller says of them", async () => {
  const labeller = { model: narrowModel(gpu, 32, 2, 8), mode: "eval" as const };
  const held = newStore();
  const one = { ...phase("labelled by a model"), epochs: 1, labeller, heldOut: validation.dataset };
  const trained = model();
  await train(
    trained,
    { ...plan, phases: [one], learningRate: { initial: 0, stepSize: 1, gamma: 1 } },
    keepIn(held),
    silent,
  );
  const options = { ...validation, seed: plan.seed, repeat: 0, batchSize: 4, ...plan.loader };
  const [taught, said] = [await evaluate(labeller.model, options), await evaluate(trained, options)];
  const agreeing = [...said.classes].filter((label, index) => label === taught.classes[index]).length;
  expect(epochsIn(held.log)[0]!.validationAccuracy).toBe(agreeing / 6);
});
