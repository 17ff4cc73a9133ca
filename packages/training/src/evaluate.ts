import type { Dataset, View } from "@fledge/data";
import type { Mode } from "@fledge/resnet";
import { batchInputs } from "./batch-inputs.ts";
import { DivergedError } from "./diverged.ts";
import { InFlight } from "./in-flight.ts";
import type { Model } from "./model.ts";
import { openLoader, type LoaderSettings } from "./open-loader.ts";

export interface EvaluationOptions extends LoaderSettings {
  readonly dataset: Dataset;
  readonly view: View;
  /** Seeds the view; two evaluations with one seed see the same pixels. */
  readonly seed: number;
  /** Which of the seed's evaluations this is: the epoch in training, the repeat in testing. */
  readonly repeat: number;
  /** "eval" unless a teacher labels on each batch's own statistics. */
  readonly mode?: Mode;
  readonly batchSize: number;
  /** Told of each batch's images when its results are there. */
  readonly onImages?: ((images: number) => void) | undefined;
}

export interface Evaluation {
  /** Mean cross entropy over the images. */
  readonly loss: number;
  /** Share of 1. */
  readonly accuracy: number;
  readonly images: number;
  /** Predicted class and its probability by sample of the data set. */
  readonly classes: Int32Array;
  readonly probabilities: Float32Array;
}

/** Runs a data set through a model. @throws DivergedError where the loss is no number */
export async function evaluate(model: Model, options: EvaluationOptions): Promise<Evaluation> {
  const { dataset, view, seed, batchSize } = options;
  const loader = openLoader({ dataset, view, seed, batchSize, shuffle: false }, options);
  const classes = new Int32Array(dataset.samples.length);
  const probabilities = new Float32Array(dataset.samples.length);
  let lossSum = 0;
  let correct = 0;
  const inFlight = new InFlight<() => void>(2, (record) => record());
  try {
    for await (const batch of loader.epoch(options.repeat)) {
      const program = await model.predict(batch.size, options.mode);
      const run = program.run(batchInputs(batch));
      await inFlight.add(
        run.then((result) => () => {
          const loss = result.loss[0]!;
          if (!Number.isFinite(loss)) {
            throw new DivergedError(
              `the loss on the images of ${dataset.name} is ${loss} (evaluation ${options.repeat}): ` +
                "the weights or running statistics have left the range of numbers",
            );
          }
          options.onImages?.(batch.size);
          lossSum += loss * batch.size;
          correct += result.correct[0]!;
          batch.indices.forEach((sample, row) => {
            classes[sample] = result.classes[row]!;
            probabilities[sample] = result.probabilities[row]!;
          });
        }),
      );
    }
    await inFlight.drain();
  } finally {
    await loader.close();
  }
  const images = dataset.samples.length;
  return { loss: lossSum / images, accuracy: correct / images, images, classes, probabilities };
}
