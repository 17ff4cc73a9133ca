import { batchInputs } from "../batch-inputs.ts";
import { DivergedError } from "../diverged.ts";
import type { EvaluationOptions } from "../evaluate.ts";
import { InFlight } from "../in-flight.ts";
import type { Model } from "../model.ts";
import { openLoader } from "../open-loader.ts";
import type { PseudoLabels } from "./pseudo-labels.ts";

export interface LabellingOptions extends EvaluationOptions {
  readonly temperature: number;
  /** Whether the probabilities of all classes are kept, and not that of the most likely one alone. */
  readonly soft: boolean;
}

/** Labels a data set's images with a teacher. @throws DivergedError where a probability is no number */
export async function labelImages(teacher: Model, options: LabellingOptions): Promise<PseudoLabels> {
  const { dataset, view, seed, batchSize, temperature, mode = "eval", soft } = options;
  const loader = openLoader({ dataset, view, seed, batchSize, shuffle: false }, options);
  const count = dataset.samples.length;
  const classes = new Int32Array(count);
  const confidences = new Float32Array(count);
  const probabilities = soft ? new Float32Array(count * dataset.classes.length) : null;
  const inFlight = new InFlight<() => void>(2, (record) => record());
  try {
    for await (const batch of loader.epoch(options.repeat)) {
      const program = await teacher.label(batch.size, mode, temperature);
      await inFlight.add(
        program.run(batchInputs(batch)).then((result) => () => {
          options.onImages?.(batch.size);
          const width = result.probabilities.length / batch.size;
          batch.indices.forEach((sample, row) => {
            const label = result.classes[row]!;
            const sure = result.probabilities[row * width + label]!;
            if (Number.isNaN(sure))
              throw new DivergedError(`the teacher's label of ${dataset.samples[sample]!.path} has no probability`);
            classes[sample] = label;
            confidences[sample] = sure;
            probabilities?.set(result.probabilities.subarray(row * width, (row + 1) * width), sample * width);
          });
        }),
      );
    }
    await inFlight.drain();
  } finally {
    await loader.close();
  }
  return { classes, confidences, probabilities };
}
