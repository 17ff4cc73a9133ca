import { loadStateDict, stateDict } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import {
  checkpointOf,
  lookersAt,
  restoreCheckpoint,
  train,
  type Keeper,
  type Model,
  type Progress,
  type TrainingPlan,
  type WeightsFor,
} from "@fledge/training";
import { averageOf, optimiserSettings } from "./optimiser.ts";
import { evaluationBatchesOf, familyOf, stepBatchesOf } from "./batches.ts";
import { epochsOf, isNoised } from "./programs.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { bestWeights, keepBest, keepCheckpoint, latestCheckpoint, takeUpCheckpoint } from "../run/checkpoints.ts";
import { requirePinnedWeights } from "../run/pins.ts";
import type { ModelName } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { loadWeights, newModel } from "./models.ts";
import { networkChoice } from "./networks.ts";
import { scheduleOf } from "./schedule.ts";
import type { Session } from "./session.ts";
import { shellWord } from "../cli/shell-words.mjs";

/** The part of a training that tells one model of the paper from another. */
export type ModelPlan = Pick<TrainingPlan, "phases" | "validation" | "bestFrom">;

/** Keeps a model's training in its folder of the run directory. */
function keeperIn(session: Session, name: ModelName): Keeper {
  const { run, config, reporter } = session;
  return {
    async resume(model, optimiser) {
      const kept = await takeUpCheckpoint(run, name, (what) => reporter.note(what));
      if (kept) return restoreCheckpoint(kept.checkpoint, kept.file, model, optimiser);
      const { weights, generation } = networkChoice(config, name);
      if (weights !== null) {
        await requirePinnedWeights(run, weights, generation);
        await loadWeights(weights, model, { keepHead: true });
      }
      return { epochsDone: 0, steps: 0, best: null, log: [] };
    },
    async best({ gpu, network }, { steps, best }, who) {
      await keepBest(run, name, await stateDict(gpu, network, steps), best!.epoch, who);
    },
    async last(model, optimiser, progress) {
      await keepCheckpoint(run, name, await checkpointOf(model, optimiser, progress), progress);
      await session.keepCost?.();
    },
  };
}

/**
 * Trains a model through its phases and returns it with the weights of its best epoch. What the run directory
 * already holds of it is not done again.
 */
export async function trainModel(session: Session, name: ModelName, plan: ModelPlan): Promise<Model> {
  const { gpu, config, cache, augmenter, choices, classes, reporter } = session;
  const model = newModel(gpu, config, classes, choices, isNoised(config, name), networkChoice(config, name));
  const progress = await train(
    model,
    {
      ...plan,
      batch: stepBatchesOf(config, name),
      evaluationBatchSize: evaluationBatchesOf(config, familyOf(name)).size,
      ...optimiserSettings(config),
      learningRate: scheduleOf(config, name),
      precision: config.training.precision,
      seed: config.seed,
      loader: { workers: config.loader.workers, cache, augmenter },
    },
    keeperIn(session, name),
    {
      training: (epochs, done) => reporter.training(name, epochs, done),
      step: (record, images, about) => reporter.step(record, images, about),
      epoch: (record, look) => reporter.epoch(record, look),
    },
  );
  await loadBest(session, name, progress, model);
  return model;
}

async function loadBest(
  { run, config }: Session,
  name: ModelName,
  progress: Progress,
  model: Model,
  who: WeightsFor = "evaluated",
): Promise<void> {
  const kept = lookersAt(averageOf(config)).includes(who) ? who : "evaluated";
  const { file, tensors } = await bestWeights(run, name, progress, kept);
  loadStateDict(model.gpu, model.network, tensors, file);
}

/** A model of the run whose training is complete, with its best weights; undefined where it is not. */
export async function trainedModel(
  session: Session,
  name: ModelName,
  who: WeightsFor = "evaluated",
): Promise<Model | undefined> {
  const kept = await takeUpCheckpoint(session.run, name, (what) => session.reporter.note(what));
  if (kept === undefined) return undefined;
  if (kept.progress.epochsDone < epochsOf(session.config, name)) return undefined;
  const { gpu, config, classes, choices } = session;
  const model = newModel(gpu, config, classes, choices, false, networkChoice(config, name));
  await loadBest(session, name, kept.progress, model, who);
  return model;
}

/** A trained model as it labels images for students: itself, or where it labels by other weights than are evaluated, another. */
export async function asTeacher(session: Session, name: ModelName, model: Model): Promise<Model> {
  return lookersAt(averageOf(session.config)).includes("teacher")
    ? (await trainedModel(session, name, "teacher"))!
    : model;
}

/**
 * The model that labels in a run, with the weights that it labels by; from its files alone, which stay as they are.
 * @throws UsageError where it is not trained yet
 */
export async function labellingTeacher(gpu: Gpu, run: RunDirectory, config: Config): Promise<Model> {
  const name: ModelName = config.pseudoLabels.from === "own-split" ? "labelling-teacher" : "teacher";
  const kept = await latestCheckpoint(run, name);
  if (kept === undefined || kept.progress.best === null)
    throw new UsageError(
      `${run.path} has no trained ${name}: "npx fledge train teacher --run ${shellWord(run.path)} --resume" goes on with it`,
    );
  const who = lookersAt(averageOf(config)).includes("teacher") ? "teacher" : "evaluated";
  const { file, tensors } = await bestWeights(run, name, kept.progress, who);
  const model = newModel(gpu, config, tensors.get("fc.bias")!.shape[0]!);
  loadStateDict(gpu, model.network, tensors, file);
  return model;
}
