import type { InputValue } from "@fledge/autograd";
import type { CompiledBySize } from "./compiled-by-size.ts";
import { DivergedError } from "./diverged.ts";
import { InFlight } from "./in-flight.ts";
import type { BesideResult } from "./objectives.ts";
import type { Phase } from "./phases.ts";
import type { StepRecord } from "./records.ts";
import { stepBatches, type StepBatchOptions } from "./step-batches.ts";
import type { StepResult } from "./step.ts";

export interface EpochOptions extends StepBatchOptions {
  /** Of the epoch; where it changes within, of its first step. */
  readonly learningRate: number;
  /** Scalars that change from step to step, over those of the epoch: the learning rate, the weight of an average. */
  readonly scalarsAt?: (step: number) => Readonly<Record<string, number>>;
  /** Called in order as the results of steps arrive. */
  readonly onStep: (record: StepRecord, images: number) => void;
}

/** Sums over an epoch; accuracies and shares are of 1. */
export interface TrainedEpoch {
  readonly loss: number;
  readonly accuracy: number;
  readonly pseudoLabelAccuracy?: number;
  /** Of the pseudo-labelled images, those that count: the labeller is sure enough of them. */
  readonly keptShare?: number;
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
  const start = performance.now();
  let step = 0;
  let [images, own, pseudoLabelled] = [0, 0, 0];
  let [lossSum, correctSum, agreeing] = [0, 0, 0];
  let kept: number | undefined;
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
          if (!Number.isFinite(loss)) {
            throw new DivergedError(
              `the loss is ${loss} in epoch ${epoch + 1}, step ${at + 1}, at a learning rate of ${scalars.learningRate}`,
            );
          }
          lossSum += loss * size;
          correctSum += correct;
          own += size;
          images += batch.images;
          pseudoLabelled += ownLabels.length;
          const taught = beside.pseudoLabels ?? result.labels;
          agreeing += ownLabels.reduce((total, label, row) => total + Number(label === taught[row]), 0);
          if (beside.kept) kept = (kept ?? 0) + sum(beside.kept);
          options.onStep({ kind: "step", epoch, step: at, loss, accuracy: correct / size }, batch.images);
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
    ...((labeller || objective.beside) && !(phase.beside?.dataset ?? phase.dataset).unlabelled
      ? { pseudoLabelAccuracy: agreeing / pseudoLabelled }
      : {}),
    ...(kept === undefined ? {} : { keptShare: kept / pseudoLabelled }),
    steps: step,
    images,
    seconds: (performance.now() - start) / 1000,
    dataWaitSeconds: epochBatches.waitMs / 1000,
  };
}
