import { batchInputs } from "./batch-inputs.ts";
import { CompiledBySize } from "./compiled-by-size.ts";
import type { EvaluationOptions } from "./evaluate.ts";
import { renderedImages } from "./images.ts";
import type { Model } from "./model.ts";
import { openLoader } from "./open-loader.ts";
import { prediction } from "./prediction.ts";

export interface Logits {
  /** f32 [n,classes], by sample of the data set. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** [n] */
  readonly labels: Int32Array<ArrayBuffer>;
}

/** All that a model says of a data set, not the top class alone. */
export async function evaluateLogits(model: Model, options: EvaluationOptions): Promise<Logits> {
  const { dataset, view, seed, batchSize, mode = "eval" } = options;
  const { gpu, network, imageSize, choices } = model;
  const { classes } = network.architecture;
  const programs = new CompiledBySize(
    gpu,
    prediction(network, renderedImages(imageSize), mode, ({ logits }) => ({ logits })),
    { choices },
  );
  const loader = openLoader({ dataset, view, seed, batchSize, shuffle: false }, options);
  const logits = new Float32Array(dataset.samples.length * classes);
  try {
    for await (const batch of loader.epoch(options.repeat)) {
      const result = await (await programs.of(batch.size)).run(batchInputs(batch));
      batch.indices.forEach((sample, row) => {
        logits.set(result.logits.subarray(row * classes, (row + 1) * classes), sample * classes);
      });
    }
  } finally {
    await loader.close();
    await programs.release();
  }
  return { logits, labels: Int32Array.from(dataset.samples, ({ label }) => label) };
}

/** Softmax of each row, in float64: [n,classes] -> [n,classes]. */
export function probabilitiesOf(logits: Float32Array, classes: number): Float64Array {
  const probabilities = Float64Array.from(logits);
  for (let start = 0; start < logits.length; start += classes) {
    const row = probabilities.subarray(start, start + classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    row.forEach((value, c) => (row[c] = Math.exp(value - largest) / sum));
  }
  return probabilities;
}
