import { place, release, Sgd } from "@fledge/autograd";
import type { Dataset, ImageCache, View } from "@fledge/data";
import type { Progress } from "./checkpoint.ts";
import { CompiledBySize } from "./compiled-by-size.ts";
import { trainEpoch, type TrainedEpoch } from "./epoch.ts";
import { evaluate, type Evaluation, type EvaluationOptions } from "./evaluate.ts";
import type { Model } from "./model.ts";
import { phaseOf, type Phase } from "./phases.ts";
import type { EpochRecord, StepRecord } from "./records.ts";
import { stepLr } from "./step-lr.ts";
import { trainingStep, type StepResult } from "./step.ts";

export interface TrainingPlan {
  /** Run one after the other under one optimiser and one learning-rate schedule. */
  readonly phases: readonly Phase[];
  /** Images of a step, and the most that the device computes at once. */
  readonly batch: { readonly size: number; readonly atOnce: number };
  /** Images of an evaluated batch, which is never cut. */
  readonly evaluationBatchSize: number;
  /** StepLR: from `initial`, times `gamma` every `stepSize` epochs. */
  readonly learningRate: { readonly initial: number; readonly stepSize: number; readonly gamma: number };
  readonly momentum: number;
  readonly weightDecay: number;
  readonly validation: { readonly dataset: Dataset; readonly view: View };
  /** Which phases may give the best checkpoint. */
  readonly bestFrom: "every phase" | "last phase";
  /** Keys batch order and views. */
  readonly seed: number;
  readonly loader: { readonly workers: number; readonly cache: ImageCache };
}

/** Keeps what a training must not lose, wherever its owner wants it. */
export interface Keeper {
  /** Puts model and optimiser where the training left off, or at its beginning. */
  resume(model: Model, optimiser: Sgd): Promise<Progress>;
  best(model: Model, progress: Progress): Promise<void>;
  /** Until this is done, a training that is cut off runs its last epoch again. */
  last(model: Model, optimiser: Sgd, progress: Progress): Promise<void>;
}

/** Is told what happens while it happens. */
export interface Watcher {
  training(epochs: number, epochsDone: number): void;
  step(record: StepRecord, images: number): void;
  epoch(record: EpochRecord): void;
}

/** Every how many steps a step is logged. */
const logEvery = 10;

/** Validates against true labels, or in a phase with held-out images against what its labeller says of the same pixels. */
async function validate(model: Model, plan: TrainingPlan, phase: Phase, epoch: number): Promise<Evaluation> {
  const { labeller, heldOut } = phase;
  const options = { seed: plan.seed, repeat: epoch, batchSize: plan.evaluationBatchSize, ...plan.loader };
  if (!labeller || !heldOut) return evaluate(model, { ...options, ...plan.validation });
  const labels: EvaluationOptions = {
    ...options,
    dataset: heldOut,
    view: labeller.view ?? phase.view,
    mode: labeller.mode,
  };
  const { classes } = await evaluate(labeller.model, labels);
  const samples = heldOut.samples.map((sample, index) => ({ ...sample, label: classes[index]! }));
  return evaluate(model, { ...options, dataset: { ...heldOut, samples }, view: phase.view });
}

function epochRecordOf(
  epoch: number,
  phase: string,
  learningRate: number,
  trained: TrainedEpoch,
  validated: Evaluation,
  best: boolean,
): EpochRecord {
  const { pseudoLabelAccuracy, keptShare, images, seconds, dataWaitSeconds } = trained;
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
  const { phases, batch, momentum, weightDecay, seed, loader } = plan;
  const optimiser = new Sgd(network.parameters, { momentum, weightDecay });
  place(gpu, optimiser.variables);
  let compiled: { readonly phase: Phase; readonly steps: CompiledBySize<StepResult> } | undefined;
  try {
    const epochs = phases.reduce((sum, phase) => sum + phase.epochs, 0);
    let progress = await keeper.resume(model, optimiser);
    watcher.training(epochs, progress.epochsDone);
    for (let epoch = progress.epochsDone; epoch < epochs; epoch++) {
      const phase = phaseOf(phases, epoch);
      if (compiled?.phase !== phase) {
        await compiled?.steps.release();
        const step = trainingStep(network, phase.objective, optimiser);
        compiled = { phase, steps: new CompiledBySize(gpu, step, { choices, atOnce: batch.atOnce }) };
      }
      const learningRate = stepLr(plan.learningRate)(epoch);
      const logged: StepRecord[] = [];
      const onStep = (record: StepRecord, images: number): void => {
        if (record.step % logEvery === 0) logged.push(record);
        watcher.step(record, images);
      };
      const options = { ...loader, seed, batchSize: batch.size, epoch, learningRate, onStep };
      const trained = await trainEpoch(compiled.steps, phase, options);
      const validated = await validate(model, plan, phase, epoch);
      const eligible = plan.bestFrom === "every phase" || phase === phases.at(-1);
      const best = eligible && (progress.best === null || validated.accuracy > progress.best.accuracy);
      const record = epochRecordOf(epoch, phase.name, learningRate, trained, validated, best);
      progress = {
        epochsDone: epoch + 1,
        steps: progress.steps + trained.steps,
        best: best ? { accuracy: validated.accuracy, epoch } : progress.best,
        log: [...progress.log, ...logged, record],
      };
      if (best) await keeper.best(model, progress);
      await keeper.last(model, optimiser, progress);
      watcher.epoch(record);
    }
    return progress;
  } finally {
    await compiled?.steps.release();
    release(gpu, optimiser.variables);
  }
}
