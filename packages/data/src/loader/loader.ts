import type { Sample } from "../dataset.ts";
import { sampleFile } from "../dataset.ts";
import { batchesAhead, orderOf, type EpochCounters } from "./batches-ahead.ts";
import type { LoaderOptions } from "./options.ts";
import { checkOptions } from "./options.ts";
import type { ViewImages } from "./render-batch.ts";
import { Renderer } from "./renderer.ts";
import type { View } from "./view.ts";

/** N images: N = batchSize, fewer in the epoch's last batch. */
export interface Batch<Name extends string = never, Images = Uint8Array> extends ViewImages<Images> {
  /** [N] */
  labels: Int32Array;
  /** [N] places in the data set's samples. */
  indices: Int32Array;
  /** N */
  size: number;
  views: Record<Name, ViewImages<Images>>;
}

/**
 * Renders a data set's images in batches ahead of their use. Call `close` when done. Loaders with the same number of
 * workers share their threads, so one loader per epoch costs little.
 * Throws RangeError at a size or count that makes no sense.
 */
export class Loader<Name extends string = never> {
  readonly #options: LoaderOptions<Name>;
  readonly #names: Name[];
  readonly #renderer: Renderer;
  #counters: EpochCounters = { images: 0, waitMs: 0, elapsedMs: 0 };

  constructor(options: LoaderOptions<Name>) {
    checkOptions(options);
    this.#options = options;
    this.#renderer = new Renderer(options.workers);
    this.#names = Object.keys(options.views ?? {}) as Name[];
  }

  /** The number of batches in an epoch. */
  get batches(): number {
    return Math.ceil(this.#options.dataset.samples.length / this.#options.batchSize);
  }

  /** Of the latest epoch. */
  get counters(): Readonly<EpochCounters> {
    return this.#counters;
  }

  /**
   * The batches of an epoch, each sample once. At most 2 * workers + 2 are rendered ahead of the consumer.
   * Throws DataError naming the file of an image that cannot be decoded, WorkerDiedError where threads die again and again.
   */
  async *epoch(epoch: number): AsyncGenerator<Batch<Name>, void, undefined> {
    this.#counters = { images: 0, waitMs: 0, elapsedMs: 0 };
    const { batchSize, workers } = this.#options;
    const order = orderOf(this.#options, epoch);
    const batch = (indices: Int32Array): Promise<Batch<Name>> => this.#batch(epoch, indices);
    yield* batchesAhead(order, batchSize, 2 * workers + 2, batch, this.#counters);
  }

  /** Waits for the batches under way and refuses more. An epoch not yet at its end will throw. */
  async close(): Promise<void> {
    await this.#renderer.close();
  }

  async #batch(epoch: number, indices: Int32Array): Promise<Batch<Name>> {
    const { dataset, seed, view, views, cache } = this.#options;
    const samples = Array.from(indices, (index) => dataset.samples[index] as Sample);
    const rendered = await this.#renderer.render({
      seed,
      epoch,
      samples: samples.map((sample, row) => {
        const file = sampleFile(dataset, sample);
        const decoded = cache?.get(file);
        return { index: indices[row] as number, file, ...(decoded && { decoded }) };
      }),
      views: [
        { purpose: "view", view },
        ...this.#names.map((name) => ({ purpose: `view ${name}`, view: views?.[name] as View })),
      ],
      keepDecoded: cache !== undefined && !cache.full,
    });
    for (const { file, image } of rendered.decoded) cache?.offer(file, image);
    const [main, ...others] = rendered.views as [ViewImages, ...ViewImages[]];
    return {
      ...main,
      views: Object.fromEntries(this.#names.map((name, i) => [name, others[i]])) as Record<Name, ViewImages>,
      labels: Int32Array.from(samples, ({ label }) => label),
      indices,
      size: indices.length,
    };
  }
}
