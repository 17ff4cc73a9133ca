import { Loader, type ImageCache } from "@fledge/data";
import { UsageError } from "../config/resolve.ts";
import type { StepRecord } from "../run/records.ts";
import { InFlight } from "./in-flight.ts";
import type { Phase } from "./phases.ts";
import { placementOf } from "./placement.ts";
import type { StepPrograms } from "./step-programs.ts";

export interface EpochOptions {
  readonly epoch: number;
  readonly learningRate: number;
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
  readonly seconds: number;
  readonly dataWaitSeconds: number;
}

/** One pass over a phase's images, a step for every batch, the last and smaller one included. */
export async function trainEpoch(programs: StepPrograms, phase: Phase, options: EpochOptions): Promise<TrainedEpoch> {
  const { epoch, learningRate, seed, batchSize, workers, cache } = options;
  const { dataset, view, teacher } = phase;
  const loader = new Loader({
    dataset,
    view,
    seed,
    batchSize,
    workers,
    cache,
    shuffle: true,
    views: teacher?.view ? { teacher: teacher.view } : {},
  } as ConstructorParameters<typeof Loader<"teacher">>[0]);
  const start = performance.now();
  let step = 0;
  let lossSum = 0;
  let correctSum = 0;
  let agreeing = 0;
  const inFlight = new InFlight<() => void>(2, (record) => record());
  try {
    for await (const batch of loader.epoch(epoch)) {
      const size = batch.size;
      const own = { images: batch.images, placement: placementOf(batch), learningRate };
      const shown = teacher?.view && {
        teacherImages: batch.views.teacher.images,
        teacherPlacement: placementOf(batch.views.teacher),
      };
      const run = teacher
        ? (await programs.pseudoLabelled(size, teacher)).run({ ...own, ...shown })
        : (await programs.labelled(size)).run({ ...own, labels: batch.labels });
      const at = step++;
      await inFlight.add(
        run.then((result) => () => {
          const loss = result.loss[0]!;
          const correct = result.correct[0]!;
          if (!Number.isFinite(loss)) {
            throw new UsageError(
              `the loss is ${loss} at epoch ${epoch}, step ${at}: try a lower training.learningRate (it is ${learningRate})`,
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
    ...(teacher ? { pseudoLabelAccuracy: agreeing / images } : {}),
    images,
    seconds: (performance.now() - start) / 1000,
    dataWaitSeconds: loader.counters.waitMs / 1000,
  };
}
