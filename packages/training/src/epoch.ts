import type { InputValue } from "@fledge/autograd";
import type { CompiledBySize } from "./compiled-by-size.ts";
import { checkStep } from "./diverged.ts";
import { InFlight } from "./in-flight.ts";
import type { BesideResult } from "./objectives.ts";
import { stepsOfEpochs, type Phase } from "./phases.ts";
import type { StepRecord } from "./records.ts";
import { stepBatches, type StepBatchOptions } from "./step-batches.ts";
import type { ScalingResult, StepResult } from "./step.ts";

export interface EpochOptions extends StepBatchOptions {
  /** Of the epoch; where it changes within, of its first step. */
  readonly learningRate: number;
  /** Scalars that change from step to step, over those of the epoch: the learning rate, the weight of an average. */
  readonly scalarsAt?: (step: number) => Readonly<Record<string, number>>;
  /** Called in order as the results of steps arrive. */
  readonly onStep: (record: StepRecord, images: number, about: StepConditions) => void;
}

/** What a step ran under. */
export interface StepConditions {
  readonly learningRate: number;
  /** How many steps the epoch has. */
  readonly steps: number;
  /** How long the epoch's steps have waited for the loader so far. */
  readonly dataWaitSeconds: number;
}

/** Sums over an epoch; accuracies and shares are of 1. */
export interface TrainedEpoch {
  readonly loss: number;
  readonly accuracy: number;
  readonly pseudoLabelAccuracy?: number;
  /** Of the pseudo-labelled images, those that count: the labeller is sure enough of them. */
  readonly keptShare?: number;
  /** At the end, where the loss is scaled; and how many steps moved nothing. */
  readonly lossScale?: number;
  readonly skippedSteps?: number;
  /** How often each class was given as a pseudo-label, by class, up to the last one given. */
  readonly pseudoLabelCounts?: readonly number[];
  readonly steps: number;
  readonly images: number;
  readonly seconds: number;
  readonly dataWaitSeconds: number;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

/** One pass over a phase's images, a step for every batch, the last and smaller one included. @throws DivergedError */
export async function trainEpoch(
  steps: Pick<CompiledBySize<StepResult>, "of">,
  phase: Phase,
  options: EpochOptions,
): Promise<TrainedEpoch> {
  const { epoch, learningRate } = options;
  const { labeller, objective } = phase;
  const labels = labeller !== undefined || objective.beside !== undefined;
  const truthKnown = !(phase.beside?.dataset ?? phase.dataset).unlabelled;
  const [stepsInAll] = stepsOfEpochs([{ ...phase, epochs: 1 }], options.batchSize) as [number];
  const start = performance.now();
  let step = 0;
  let [images, own, pseudoLabelled] = [0, 0, 0];
  let [lossSum, correctSum, agreeing] = [0, 0, 0];
  let kept: number | undefined;
  let scaling: { lossScale: number; skippedSteps: number } | undefined;
  const given: number[] = [];
  const inFlight = new InFlight<() => void>(2, (record) => record());
  const epochBatches = await stepBatches(phase, options);
  try {
    for await (const batch of epochBatches.batches()) {
      const { size, inputs, ownLabels } = batch;
      const at = step++;
      const scalars = { learningRate, ...options.scalarsAt?.(at) };
      const run = (await steps.of(size)).run({ ...inputs, ...scalars } as Record<string, InputValue>);
      await inFlight.add(
        run.then((result) => () => {
          const loss = result.loss[0]!;
          const correct = result.correct[0]!;
          const beside: Partial<Record<BesideResult, ArrayLike<number>>> = result as object;
          const { lossScale, skipped }: Partial<Record<ScalingResult, ArrayLike<number>>> = result as object;
          checkStep(loss, lossScale?.[0], { epoch, step: at, learningRate: scalars.learningRate });
          lossSum += loss * size;
          correctSum += correct;
          own += size;
          images += batch.images;
          pseudoLabelled += ownLabels.length;
          const taught = beside.pseudoLabels ?? result.labels;
          agreeing += ownLabels.reduce((total, label, row) => total + Number(label === taught[row]), 0);
          if (labels)
            for (let row = 0; row < ownLabels.length; row++) given[taught[row]!] = (given[taught[row]!] ?? 0) + 1;
          if (beside.kept) kept = (kept ?? 0) + sum(beside.kept);
          const record = { kind: "step", epoch, step: at, loss, accuracy: correct / size } as const;
          const about = {
            learningRate: scalars.learningRate,
            steps: stepsInAll,
            dataWaitSeconds: epochBatches.waitMs / 1000,
          };
          const scaled = lossScale && skipped && { lossScale: lossScale[0]!, skipped: skipped[0] === 1 };
          if (scaled)
            scaling = {
              lossScale: scaled.lossScale,
              skippedSteps: (scaling?.skippedSteps ?? 0) + Number(scaled.skipped),
            };
          options.onStep({ ...record, ...scaled }, batch.images, about);
        }),
      );
    }
    await inFlight.drain();
  } finally {
    await epochBatches.close();
  }
  return {
    loss: lossSum / own,
    accuracy: correctSum / own,
    ...(labels && {
      ...(truthKnown && { pseudoLabelAccuracy: agreeing / pseudoLabelled }),
      pseudoLabelCounts: Array.from(given, (count: number | undefined) => count ?? 0),
    }),
    ...(kept === undefined ? {} : { keptShare: kept / pseudoLabelled }),
    ...scaling,
    steps: step,
    images,
    seconds: (performance.now() - start) / 1000,
    dataWaitSeconds: epochBatches.waitMs / 1000,
  };
}
