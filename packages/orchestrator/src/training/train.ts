import { existsSync } from "node:fs";
import { place, release, Sgd } from "@fledge/autograd";
import type { Dataset, View } from "@fledge/data";
import { stepLr } from "@fledge/sgd";
import type { EpochRecord, ModelName, StepRecord } from "../run/records.ts";
import { loadCheckpoint, loadWeights, saveCheckpoint, saveWeights, type Progress } from "./checkpoint.ts";
import { evaluate, type Evaluation, type EvaluationOptions } from "./evaluate.ts";
import { Model } from "./model.ts";
import { phaseOf, type Phase } from "./phases.ts";
import { imagesAtOnce, type Schedule } from "../config/schedules.ts";
import type { Session } from "./session.ts";
import { StepPrograms } from "./step-programs.ts";
import { trainEpoch } from "./train-epoch.ts";

export interface TrainingPlan {
  readonly name: ModelName;
  /** Run one after the other under one optimiser and one learning-rate schedule. */
  readonly phases: readonly Phase[];
  readonly schedule: Schedule;
  readonly validation: { readonly dataset: Dataset; readonly view: View };
  /** Which phases may give the best checkpoint. */
  readonly bestFrom: "every phase" | "last phase";
}

/** Every how many steps a step is logged. */
const logEvery = 10;

async function start(session: Session, plan: TrainingPlan, model: Model, optimiser: Sgd): Promise<Progress> {
  const last = session.run.file(plan.name, "last.safetensors");
  if (existsSync(last)) {
    const progress = await loadCheckpoint(last, model, optimiser);
    await session.run.rewindMetrics(plan.name, progress.epochsDone);
    return progress;
  }
  const { weights } = session.config.network;
  if (weights !== null) await loadWeights(weights, model, { keepHead: true });
  await session.run.rewindMetrics(plan.name, 0);
  return { epochsDone: 0, steps: 0, best: null };
}

/** Validates against true labels, or in a phase with held-out images against what its teacher says of the same pixels. */
async function validate(
  model: Model,
  plan: TrainingPlan,
  phase: Phase,
  options: Omit<EvaluationOptions, "dataset" | "view">,
): Promise<Evaluation> {
  const { teacher, heldOut } = phase;
  if (!teacher || !heldOut) return evaluate(model, { ...options, ...plan.validation });
  const { classes } = await evaluate(teacher.model, {
    ...options,
    dataset: heldOut,
    view: teacher.view ?? phase.view,
    mode: teacher.mode,
  });
  const samples = heldOut.samples.map((sample, index) => ({ ...sample, label: classes[index]! }));
  return evaluate(model, { ...options, dataset: { ...heldOut, samples }, view: phase.view });
}

/** One epoch: train, validate, keep the best weights, log, save. Returns how far the training has come. */
async function runEpoch(
  session: Session,
  plan: TrainingPlan,
  model: Model,
  optimiser: Sgd,
  programs: StepPrograms,
  progress: Progress,
): Promise<Progress> {
  const { config, run, cache, reporter } = session;
  const { learningRate: initial, gamma } = config.training;
  const { batchSize, stepSize } = plan.schedule;
  const epoch = progress.epochsDone;
  const phase = phaseOf(plan.phases, epoch);
  const learningRate = stepLr({ initial, stepSize, gamma })(epoch);
  const common = { seed: config.seed, workers: config.loader.workers, cache };
  const steps: StepRecord[] = [];
  const trained = await trainEpoch(programs, phase, {
    ...common,
    batchSize,
    epoch,
    learningRate,
    onStep: (record, images) => {
      if (record.step % logEvery === 0) steps.push(record);
      reporter.step(record, images);
    },
  });
  const validated = await validate(model, plan, phase, {
    ...common,
    batchSize: imagesAtOnce(batchSize, config),
    repeat: epoch,
  });
  const eligible = plan.bestFrom === "every phase" || phase === plan.phases.at(-1);
  const best = eligible && (progress.best === null || validated.accuracy > progress.best.accuracy);
  const next: Progress = {
    epochsDone: epoch + 1,
    steps: progress.steps + Math.ceil(trained.images / batchSize),
    best: best ? { accuracy: validated.accuracy, epoch } : progress.best,
  };
  const record: EpochRecord = {
    kind: "epoch",
    epoch,
    phase: phase.name,
    learningRate,
    trainLoss: trained.loss,
    trainAccuracy: trained.accuracy,
    validationLoss: validated.loss,
    validationAccuracy: validated.accuracy,
    ...(trained.pseudoLabelAccuracy === undefined ? {} : { pseudoLabelAccuracy: trained.pseudoLabelAccuracy }),
    best,
    images: trained.images,
    seconds: trained.seconds,
    imagesPerSecond: trained.images / trained.seconds,
    dataWaitSeconds: trained.dataWaitSeconds,
  };
  // The order matters to a run that is cut off here: until the checkpoint is written, this epoch runs again.
  if (best)
    await saveWeights(run.file(plan.name, "best.safetensors"), model, next.steps, {
      model: plan.name,
      epoch: String(epoch),
    });
  await run.appendMetrics(plan.name, [...steps, record]);
  await saveCheckpoint(run.file(plan.name, "last.safetensors"), model, optimiser, next);
  reporter.epoch(record);
  return next;
}

/**
 * Trains a model through its phases and returns it with the weights of its best epoch. What the run directory
 * already holds of it is not done again.
 */
export async function train(session: Session, plan: TrainingPlan): Promise<Model> {
  const { gpu, config, run, reporter } = session;
  const model = Model.create(gpu, config, session.classes, session.choices);
  const optimiser = new Sgd(model.network.parameters, {
    momentum: config.training.momentum,
    weightDecay: config.training.weightDecay,
  });
  place(gpu, optimiser.variables);
  const epochs = plan.phases.reduce((sum, phase) => sum + phase.epochs, 0);
  let progress = await start(session, plan, model, optimiser);
  reporter.training(plan.name, epochs, progress.epochsDone);
  let programs: { phase: Phase; steps: StepPrograms } | undefined;
  while (progress.epochsDone < epochs) {
    const phase = phaseOf(plan.phases, progress.epochsDone);
    if (programs?.phase !== phase) {
      await programs?.steps.release();
      programs = { phase, steps: new StepPrograms(model, optimiser, config.training) };
    }
    progress = await runEpoch(session, plan, model, optimiser, programs.steps, progress);
  }
  await programs?.steps.release();
  release(gpu, optimiser.variables);
  await loadWeights(run.file(plan.name, "best.safetensors"), model);
  return model;
}

/** A model of its own with the best weights that the run holds under a name. */
export async function bestModel(session: Session, name: ModelName): Promise<Model> {
  const model = Model.create(session.gpu, session.config, session.classes, session.choices);
  await loadWeights(session.run.file(name, "best.safetensors"), model);
  return model;
}

/** A model of the run whose training is complete, with its best weights; undefined where it is not. */
export async function trainedModel(session: Session, name: ModelName, epochs: number): Promise<Model | undefined> {
  return (await session.run.epochs(name)).length < epochs ? undefined : bestModel(session, name);
}
