import { loadStateDict, stateDict } from "@fledge/resnet";
import {
  checkpointOf,
  restoreCheckpoint,
  train,
  type Keeper,
  type Model,
  type Progress,
  type TrainingPlan,
} from "@fledge/training";
import { epochsOf, evaluationBatchesOf, familyOf, isNoised, stepBatchesOf } from "./programs.ts";
import type { Config } from "../config/schema.ts";
import { bestWeights, keepBest, keepCheckpoint, takeUpCheckpoint } from "../run/checkpoints.ts";
import { requirePinnedWeights } from "../run/pins.ts";
import type { ModelName } from "../run/records.ts";
import { loadWeights, newModel } from "./models.ts";
import type { Session } from "./session.ts";

/** The part of a training that tells one model of the paper from another. */
export type ModelPlan = Pick<TrainingPlan, "phases" | "validation" | "bestFrom">;

/** Keeps a model's training in its folder of the run directory. */
function keeperIn(session: Session, name: ModelName): Keeper {
  const { run, config, reporter } = session;
  return {
    async resume(model, optimiser) {
      const kept = await takeUpCheckpoint(run, name, (what) => reporter.note(what));
      if (kept) return restoreCheckpoint(kept.checkpoint, kept.file, model, optimiser);
      const { weights } = config.network;
      if (weights !== null) {
        await requirePinnedWeights(run, weights);
        await loadWeights(weights, model, { keepHead: true });
      }
      return { epochsDone: 0, steps: 0, best: null, log: [] };
    },
    async best({ gpu, network }, { steps, best }) {
      await keepBest(run, name, await stateDict(gpu, network, steps), best!.epoch);
    },
    async last(model, optimiser, progress) {
      await keepCheckpoint(run, name, await checkpointOf(model, optimiser, progress), progress);
    },
  };
}

/** After how many epochs StepLR lowers a model's rate: as `training` says, the teachers' where keys of their own are set. */
function stepSizeOf({ training, teacherTraining, pseudoLabels }: Config, name: ModelName): number {
  if (familyOf(name) === "students") return training.stepSize;
  const teachers = teacherTraining.stepSize ?? training.stepSize;
  return name === "labelling-teacher" ? (pseudoLabels.stepSize ?? teachers) : teachers;
}

/**
 * Trains a model through its phases and returns it with the weights of its best epoch. What the run directory
 * already holds of it is not done again.
 */
export async function trainModel(session: Session, name: ModelName, plan: ModelPlan): Promise<Model> {
  const { gpu, config, cache, choices, classes, reporter } = session;
  const { learningRate: initial, gamma, momentum, weightDecay } = config.training;
  const model = newModel(gpu, config, classes, choices, isNoised(config, name));
  const progress = await train(
    model,
    {
      ...plan,
      batch: stepBatchesOf(config, name),
      evaluationBatchSize: evaluationBatchesOf(config, familyOf(name)).size,
      learningRate: { initial, gamma, stepSize: stepSizeOf(config, name) },
      momentum,
      weightDecay,
      seed: config.seed,
      loader: { workers: config.loader.workers, cache },
    },
    keeperIn(session, name),
    {
      training: (epochs, done) => reporter.training(name, epochs, done),
      step: (record, images) => reporter.step(record, images),
      epoch: (record) => reporter.epoch(record),
    },
  );
  await loadBest(session, name, progress, model);
  return model;
}

async function loadBest({ run }: Session, name: ModelName, progress: Progress, model: Model): Promise<void> {
  const { file, tensors } = await bestWeights(run, name, progress);
  loadStateDict(model.gpu, model.network, tensors, file);
}

/** A model of the run whose training is complete, with its best weights; undefined where it is not. */
export async function trainedModel(session: Session, name: ModelName): Promise<Model | undefined> {
  const kept = await takeUpCheckpoint(session.run, name, (what) => session.reporter.note(what));
  if (kept === undefined) return undefined;
  if (kept.progress.epochsDone < epochsOf(session.config, name)) return undefined;
  const model = newModel(session.gpu, session.config, session.classes, session.choices);
  await loadBest(session, name, kept.progress, model);
  return model;
}
