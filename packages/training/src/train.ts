import { place, release, type Sgd } from "@fledge/autograd";
import type { Dataset, View } from "@fledge/data";
import { averageWeight } from "./average-decay.ts";
import { lookersAt, showing, type WeightsFor } from "./averaged-weights.ts";
import type { Progress } from "./checkpoint.ts";
import { CompiledBySize } from "./compiled-by-size.ts";
import { trainEpoch, type EpochOptions, type StepConditions, type TrainedEpoch } from "./epoch.ts";
import { evaluate, type Evaluation, type EvaluationOptions } from "./evaluate.ts";
import type { Model } from "./model.ts";
import type { Precision } from "@fledge/runtime";
import type { LoaderSettings } from "./open-loader.ts";
import { optimiserOf, type OptimiserSettings } from "./optimiser.ts";
import { phaseOf, stepsOfEpochs, type Phase } from "./phases.ts";
import type { EpochRecord, StepRecord } from "./records.ts";
import { rateAt, type Schedule } from "./schedule.ts";
import { trainingStep, type StepResult } from "./step.ts";

export interface TrainingPlan extends OptimiserSettings {
  /** Run one after the other under one optimiser and one learning-rate schedule. */
  readonly phases: readonly Phase[];
  /** Images of a step, and the most that the device computes at once. */
  readonly batch: { readonly size: number; readonly atOnce: number };
  /** Images of an evaluated batch, which is never cut. */
  readonly evaluationBatchSize: number;
  readonly learningRate: Schedule;
  /** Of the steps; whatever is evaluated is in f32. */
  readonly precision?: Precision;
  readonly validation: { readonly dataset: Dataset; readonly view: View };
  /** Which phases may give the best checkpoint. */
  readonly bestFrom: "every phase" | "last phase";
  /** Keys batch order and views. */
  readonly seed: number;
  readonly loader: LoaderSettings;
}

/** Keeps what a training must not lose, wherever its owner wants it. */
export interface Keeper {
  /** Puts model and optimiser where the training left off, or at its beginning. */
  resume(model: Model, optimiser: Sgd): Promise<Progress>;
  /**
   * Called while the model holds weights of the best epoch so far: those that are evaluated; then those that label images
   * for students, where they are others.
   */
  best(model: Model, progress: Progress, who: WeightsFor): Promise<void>;
  /** Until this is done, a training that is cut off runs its last epoch again. */
  last(model: Model, optimiser: Sgd, progress: Progress): Promise<void>;
}

/** Is told what happens while it happens. */
export interface Watcher {
  training(epochs: number, epochsDone: number): void;
  step(record: StepRecord, images: number, about: StepAbout): void;
  epoch(record: EpochRecord, look: EpochLook): void;
}

/** What a step ran under, and where it stands in the training. */
export interface StepAbout extends StepConditions {
  /** Steps of the whole training so far, this one included. */
  readonly stepsDone: number;
}

/** What an epoch showed besides the numbers of its record. */
export interface EpochLook {
  /** What the model says of the images that it was validated on. */
  readonly validated: Evaluation;
  /** Those images, with the labels that they were validated against. */
  readonly validatedOn: Dataset;
  /** How often each class was given as a pseudo-label; absent where none was. */
  readonly pseudoLabelCounts?: readonly number[];
}

/** Every how many steps a step is logged. */
const logEvery = 10;

/** Validates against true labels, or in a phase with held-out images against what its labeller says of the same pixels. */
async function validate(
  model: Model,
  plan: TrainingPlan,
  phase: Phase,
  epoch: number,
): Promise<{ readonly validated: Evaluation; readonly validatedOn: Dataset }> {
  const { labeller, heldOut } = phase;
  const options = { seed: plan.seed, repeat: epoch, batchSize: plan.evaluationBatchSize, ...plan.loader };
  const look = async (dataset: Dataset, view: View) => ({
    validated: await evaluate(model, { ...options, dataset, view }),
    validatedOn: dataset,
  });
  if (!labeller || !heldOut) return look(plan.validation.dataset, plan.validation.view);
  const labels: EvaluationOptions = {
    ...options,
    dataset: heldOut,
    view: labeller.view ?? phase.view,
    mode: labeller.mode,
  };
  const { classes } = await evaluate(labeller.model, labels);
  const samples = heldOut.samples.map((sample, index) => ({ ...sample, label: classes[index]! }));
  return look({ ...heldOut, samples }, phase.view);
}

function epochRecordOf(
  epoch: number,
  phase: string,
  learningRate: number,
  trained: TrainedEpoch,
  validated: Evaluation,
  best: boolean,
): EpochRecord {
  const { pseudoLabelAccuracy, keptShare, lossScale, skippedSteps, images, seconds, dataWaitSeconds } = trained;
  return {
    kind: "epoch",
    epoch,
    phase,
    learningRate,
    trainLoss: trained.loss,
    trainAccuracy: trained.accuracy,
    validationLoss: validated.loss,
    validationAccuracy: validated.accuracy,
    ...(pseudoLabelAccuracy === undefined ? {} : { pseudoLabelAccuracy }),
    ...(keptShare === undefined ? {} : { keptShare }),
    ...(lossScale === undefined ? {} : { lossScale }),
    ...(skippedSteps === undefined ? {} : { skippedSteps }),
    best,
    images,
    seconds,
    imagesPerSecond: images / seconds,
    dataWaitSeconds,
  };
}

/**
 * Trains a model through its phases: for each epoch a step on every batch, validation, the best weights kept, the
 * checkpoint with the log. What the keeper holds already is not done again.
 * @returns how far it came: to its end
 * @throws DivergedError
 */
export async function train(model: Model, plan: TrainingPlan, keeper: Keeper, watcher: Watcher): Promise<Progress> {
  const { gpu, choices, network } = model;
  const { phases, batch, seed, loader, average } = plan;
  const optimiser = optimiserOf(network, plan);
  place(gpu, optimiser.variables);
  let compiled: { readonly phase: Phase; readonly steps: CompiledBySize<StepResult> } | undefined;
  try {
    const steps = stepsOfEpochs(phases, batch.size);
    const epochs = steps.length;
    const rate = rateAt(plan.learningRate, steps);
    let progress = await keeper.resume(model, optimiser);
    if (progress.steps === 0) await optimiser.average?.start(gpu);
    watcher.training(epochs, progress.epochsDone);
    for (let epoch = progress.epochsDone; epoch < epochs; epoch++) {
      const phase = phaseOf(phases, epoch);
      if (compiled?.phase !== phase) {
        await compiled?.steps.release();
        const step = trainingStep(network, phase.objective, optimiser, { precision: plan.precision });
        compiled = { phase, steps: new CompiledBySize(gpu, step, { choices, atOnce: batch.atOnce }) };
      }
      const learningRate = rate(epoch, 0);
      const stepsBefore = progress.steps;
      const scalarsAt = (step: number) => ({
        learningRate: rate(epoch, step),
        ...(average && { averageWeight: averageWeight(average, stepsBefore + step + 1) }),
      });
      const logged: StepRecord[] = [];
      const onStep: EpochOptions["onStep"] = (record, images, about) => {
        if (record.step % logEvery === 0) logged.push(record);
        watcher.step(record, images, { ...about, stepsDone: stepsBefore + record.step + 1 });
      };
      const loading = { ...loader, seed, batchSize: batch.size, noised: network.noised };
      const options = { ...loading, epoch, learningRate, scalarsAt, onStep };
      const trained = await trainEpoch(compiled.steps, phase, options);
      const look = await showing("evaluated", average, optimiser, gpu, () => validate(model, plan, phase, epoch));
      const { validated } = look;
      const eligible = plan.bestFrom === "every phase" || phase === phases.at(-1);
      const best = eligible && (progress.best === null || validated.accuracy > progress.best.accuracy);
      const record = epochRecordOf(epoch, phase.name, learningRate, trained, validated, best);
      progress = {
        epochsDone: epoch + 1,
        steps: progress.steps + trained.steps,
        best: best ? { accuracy: validated.accuracy, epoch } : progress.best,
        log: [...progress.log, ...logged, record],
      };
      for (const who of best ? lookersAt(average) : [])
        await showing(who, average, optimiser, gpu, () => keeper.best(model, progress, who));
      await keeper.last(model, optimiser, progress);
      const { pseudoLabelCounts } = trained;
      watcher.epoch(record, { ...look, ...(pseudoLabelCounts && { pseudoLabelCounts }) });
    }
    return progress;
  } finally {
    await compiled?.steps.release();
    release(gpu, optimiser.variables);
  }
}
