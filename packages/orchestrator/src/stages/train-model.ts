import { existsSync } from "node:fs";
import { stateDict } from "@fledge/resnet";
import { readSafetensors, writeSafetensors } from "@fledge/safetensors";
import { checkpointOf, restoreCheckpoint, train, type Keeper, type Model, type TrainingPlan } from "@fledge/training";
import { batchesOf, evaluationBatchesOf, familyOf } from "./programs.ts";
import type { Config } from "../config/schema.ts";
import { requirePinnedWeights } from "../run/pins.ts";
import type { ModelName } from "../run/records.ts";
import { loadWeights, newModel } from "./models.ts";
import type { Session } from "./session.ts";

/** The part of a training that tells one model of the paper from another. */
export type ModelPlan = Pick<TrainingPlan, "phases" | "validation" | "bestFrom">;

/** Keeps a model's training in its folder of the run directory. */
function keeperIn({ run, config }: Session, name: ModelName): Keeper {
  const last = run.file(name, "last.safetensors");
  return {
    async resume(model, optimiser) {
      if (existsSync(last)) {
        const progress = restoreCheckpoint(await readSafetensors(last), last, model, optimiser);
        await run.rewindMetrics(name, progress.epochsDone);
        return progress;
      }
      const { weights } = config.network;
      if (weights !== null) {
        await requirePinnedWeights(run, weights);
        await loadWeights(weights, model, { keepHead: true });
      }
      await run.rewindMetrics(name, 0);
      return { epochsDone: 0, steps: 0, best: null };
    },
    async best({ gpu, network }, { steps, best }) {
      const metadata = { format: "pt", model: name, epoch: String(best!.epoch) };
      await writeSafetensors(run.file(name, "best.safetensors"), await stateDict(gpu, network, steps), metadata);
    },
    log: (records) => run.appendMetrics(name, records),
    async last(model, optimiser, progress) {
      const { tensors, metadata } = await checkpointOf(model, optimiser, progress);
      await writeSafetensors(last, tensors, metadata);
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
  const model = newModel(gpu, config, classes, choices);
  await train(
    model,
    {
      ...plan,
      batch: batchesOf(config, familyOf(name)),
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
  await loadWeights(session.run.file(name, "best.safetensors"), model);
  return model;
}

/** A model of its own with the best weights that the run holds under a name. */
export async function bestModel(session: Session, name: ModelName): Promise<Model> {
  const model = newModel(session.gpu, session.config, session.classes, session.choices);
  await loadWeights(session.run.file(name, "best.safetensors"), model);
  return model;
}

/** A model of the run whose training is complete, with its best weights; undefined where it is not. */
export async function trainedModel(session: Session, name: ModelName, epochs: number): Promise<Model | undefined> {
  return (await session.run.epochs(name)).length < epochs ? undefined : bestModel(session, name);
}
