import { Loader, type ImageCache } from "@fledge/data";
import { batchInputs } from "./batch-inputs.ts";
import type { CompiledBySize } from "./compiled-by-size.ts";
import { DivergedError } from "./diverged.ts";
import { InFlight } from "./in-flight.ts";
import type { Phase } from "./phases.ts";
import type { StepRecord } from "./records.ts";
import type { StepResult } from "./step.ts";

export interface EpochOptions {
  readonly epoch: number;
  /** Of the epoch; where it changes within, of its first step. */
  readonly learningRate: number;
  /** Scalars that change from step to step, over those of the epoch: the learning rate, the weight of an average. */
  readonly scalarsAt?: (step: number) => Readonly<Record<string, number>>;
  readonly seed: number;
  readonly batchSize: number;
  readonly workers: number;
  readonly cache: ImageCache;
  /** Called in order as the results of steps arrive. */
  readonly onStep: (record: StepRecord, images: number) => void;
}

/** Sums over an epoch; accuracies are shares of 1. */
export interface TrainedEpoch {
  readonly loss: number;
  readonly accuracy: number;
  readonly pseudoLabelAccuracy?: number;
  readonly images: number;
  readonly steps: number;
  readonly seconds: number;
  readonly dataWaitSeconds: number;
}

/** One pass over a phase's images, a step for every batch, the last and smaller one included. @throws DivergedError */
export async function trainEpoch(
  steps: Pick<CompiledBySize<StepResult>, "of">,
  phase: Phase,
  options: EpochOptions,
): Promise<TrainedEpoch> {
  const { epoch, learningRate, seed, batchSize, workers, cache } = options;
  const { dataset, view, objective, labeller } = phase;
  const { views = {} } = objective;
  const loader = new Loader<string>({ dataset, view, views, seed, batchSize, workers, cache, shuffle: true });
  const start = performance.now();
  let step = 0;
  let lossSum = 0;
  let correctSum = 0;
  let agreeing = 0;
  const inFlight = new InFlight<() => void>(2, (record) => record());
  try {
    for await (const batch of loader.epoch(epoch)) {
      const size = batch.size;
      const at = step++;
      const drawn = objective.drawn?.(batch, { seed, epoch, step: at });
      const scalars = { learningRate, ...options.scalarsAt?.(at) };
      const run = (await steps.of(size)).run({ ...batchInputs(batch), ...drawn, ...scalars });
      await inFlight.add(
        run.then((result) => () => {
          const loss = result.loss[0]!;
          const correct = result.correct[0]!;
          if (!Number.isFinite(loss)) {
            throw new DivergedError(
              `the loss is ${loss} at epoch ${epoch}, step ${at}, at a learning rate of ${scalars.learningRate}`,
            );
          }
          lossSum += loss * size;
          correctSum += correct;
          agreeing += batch.labels.reduce((sum, label, row) => sum + Number(label === result.labels[row]), 0);
          options.onStep({ kind: "step", epoch, step: at, loss, accuracy: correct / size }, size);
        }),
      );
    }
    await inFlight.drain();
  } finally {
    await loader.close();
  }
  const images = dataset.samples.length;
  return {
    loss: lossSum / images,
    accuracy: correctSum / images,
    ...(labeller ? { pseudoLabelAccuracy: agreeing / images } : {}),
    images,
    steps: step,
    seconds: (performance.now() - start) / 1000,
    dataWaitSeconds: loader.counters.waitMs / 1000,
  };
}
