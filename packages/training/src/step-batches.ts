import { DeviceRows, type InputValue } from "@fledge/autograd";
import { subset, type Dataset, type View, type ViewImages } from "@fledge/data";
import { random } from "@fledge/random";
import { batchInputs, besideInputs } from "./batch-inputs.ts";
import type { ImagesBeside, Phase } from "./phases.ts";
import { viewInput } from "./images.ts";
import { noiseKeys } from "./network-noise.ts";
import { openLoader, type BatchImages, type BatchLoader, type ImageBatch, type LoaderSettings } from "./open-loader.ts";
import { labelInputs } from "./pseudo-labels/label-source.ts";
import { labelsAt } from "./pseudo-labels/pseudo-labels.ts";

export interface StepBatchOptions extends LoaderSettings {
  readonly epoch: number;
  readonly seed: number;
  readonly batchSize: number;
  /** Whether the network that learns has noise, for which keys of the images are then drawn. */
  readonly noised?: boolean;
}

type Inputs = Readonly<Record<string, InputValue>>;

/** What a step takes. */
export interface StepBatch {
  /** Images of the phase's own data set; those beside come to a whole number for each. */
  readonly size: number;
  /** All of them. */
  readonly images: number;
  readonly inputs: Inputs;
  /** The data set's own labels of the images that are pseudo-labelled, for the record: no training sees them. */
  readonly ownLabels: Int32Array;
}

/** The batches of an epoch, and how long they were waited for. */
export interface StepBatches {
  batches(): AsyncGenerator<StepBatch, void, undefined>;
  readonly waitMs: number;
  close(): Promise<void>;
}

/**
 * `count` samples of a data set: each as often as any other, but for those that a last pass, drawn by seed and epoch,
 * takes once more. Repeats are samples of their own, so that an epoch shows each in a view of its own.
 */
export function cycled(dataset: Dataset, count: number, seed: number, epoch: number): Dataset {
  const size = dataset.samples.length;
  const whole = Math.floor(count / size) * size;
  const drawn = random(seed, "last pass", epoch).permutation(size);
  return subset(
    dataset,
    Array.from({ length: count }, (_, at) => (at < whole ? at % size : drawn[at - whole]!)),
  );
}

const loaderOf = (
  dataset: Dataset,
  view: View,
  views: Readonly<Record<string, View>>,
  batchSize: number,
  options: StepBatchOptions,
): BatchLoader => openLoader({ dataset, view, views, seed: options.seed, batchSize, shuffle: true }, options);

/** The first `count` rows of a batch. */
function firstRows(batch: ImageBatch, count: number): ImageBatch {
  if (count === batch.size) return batch;
  const imagesOf = (images: BatchImages, imageSize: number): BatchImages =>
    images instanceof DeviceRows
      ? new DeviceRows(images.rows.slice(0, count))
      : images.subarray(0, count * imageSize ** 2 * 3);
  const rowsOf = ({ images, flips, imageSize }: ViewImages<BatchImages>): ViewImages<BatchImages> => ({
    images: imagesOf(images, imageSize),
    flips: flips.subarray(0, count),
    imageSize,
  });
  return {
    ...rowsOf(batch),
    views: Object.fromEntries(Object.entries(batch.views).map(([name, images]) => [name, rowsOf(images)])),
    labels: batch.labels.subarray(0, count),
    indices: batch.indices.subarray(0, count),
    size: count,
  };
}

/** One pass over the phase's images, the last and smaller batch included. */
async function ownBatches(phase: Phase, options: StepBatchOptions): Promise<StepBatches> {
  const { dataset, view, objective, stored } = phase;
  const labels = await stored?.of(options.epoch);
  const loader = loaderOf(dataset, view, objective.views ?? {}, options.batchSize, options);
  return {
    async *batches() {
      let step = 0;
      for await (const batch of loader.epoch(options.epoch)) {
        const drawn = objective.drawn?.(batch, { seed: options.seed, epoch: options.epoch, step: step++ });
        const given = labels && stored ? labelInputs(labelsAt(labels, batch.indices), stored.rule) : {};
        const keys = options.noised ? noiseKeys(options.seed, options.epoch, batch.indices) : {};
        const inputs = { ...batchInputs(batch), ...keys, ...drawn, ...given };
        yield { size: batch.size, images: batch.size, inputs, ownLabels: batch.labels };
      }
    },
    get waitMs() {
      return loader.counters.waitMs;
    },
    close: () => loader.close(),
  };
}

/**
 * One pass over the images beside, `perImage` of them to each of the phase's own, which come round as often as that
 * takes. The last step has fewer of both, in the same proportion: up to `perImage` - 1 images are left for another epoch.
 */
async function pairedBatches(phase: Phase, beside: ImagesBeside, options: StepBatchOptions): Promise<StepBatches> {
  const { dataset, view, objective, stored } = phase;
  const { epoch, seed, batchSize } = options;
  const { perImage, views } = objective.beside!;
  const count = Math.floor(beside.dataset.samples.length / perImage);
  if (count === 0) {
    throw new RangeError(
      `${beside.dataset.name} has ${beside.dataset.samples.length} images, fewer than the ${perImage} that go with one labelled image`,
    );
  }
  const labels = await stored?.of(epoch);
  // With a seed of their own: under one, sets of equal size would come in equal orders, class beside class.
  const ownSeed = random(seed, "beside unlabelled images").integer(0, 2 ** 32);
  const ownOptions = { ...options, seed: ownSeed };
  const own = loaderOf(cycled(dataset, count, ownSeed, epoch), view, objective.views ?? {}, batchSize, ownOptions);
  const others = loaderOf(beside.dataset, beside.view, views, batchSize * perImage, options);
  return {
    async *batches() {
      const otherBatches = others.epoch(epoch);
      try {
        let step = 0;
        for await (const batch of own.epoch(epoch)) {
          const drawn = objective.drawn?.(batch, { seed, epoch, step: step++ });
          const next = await otherBatches.next();
          const other = firstRows(next.value as ImageBatch, batch.size * perImage);
          const given = labels && stored ? labelInputs(labelsAt(labels, other.indices), stored.rule) : {};
          const keys = options.noised
            ? [
                noiseKeys(ownSeed, epoch, batch.indices),
                ...["unlabelled", "weak"].map((name) => noiseKeys(seed, epoch, other.indices, viewInput(name))),
              ]
            : [];
          const inputs = Object.assign(
            { ...batchInputs(batch), ...besideInputs(other), ...drawn, ...given },
            ...keys,
          ) as Inputs;
          yield { size: batch.size, images: batch.size + other.size, inputs, ownLabels: other.labels };
        }
      } finally {
        await otherBatches.return();
      }
    },
    get waitMs() {
      return own.counters.waitMs + others.counters.waitMs;
    },
    async close() {
      await own.close();
      await others.close();
    },
  };
}

/** What the steps of an epoch take. @throws RangeError where too few images stand beside for a step */
export const stepBatches = (phase: Phase, options: StepBatchOptions): Promise<StepBatches> =>
  phase.beside ? pairedBatches(phase, phase.beside, options) : ownBatches(phase, options);
