import { random } from "@fledge/random";
import type { Dataset, Sample } from "../dataset.ts";
import { sampleFile } from "../dataset.ts";
import type { ImageCache } from "./cache.ts";
import type { ViewImages } from "./render-batch.ts";
import { Renderer } from "./renderer.ts";
import type { View } from "./view.ts";

export interface LoaderOptions<Name extends string = never> {
  dataset: Dataset;
  batchSize: number;
  view: View;
  /** Further views of the same images, by name: each batch then holds their pixels too. */
  views?: Readonly<Record<Name, View>>;
  /** Keys every draw, together with the epoch and the sample's index in `dataset`. */
  seed: number;
  shuffle: boolean;
  /** Worker threads; 0 renders on the calling thread. Changes no bit of any batch. */
  workers: number;
  /** Holds decoded images from one epoch to the next; several loaders may share one. */
  cache?: ImageCache;
}

/** N images: N = batchSize, fewer in the epoch's last batch. */
export interface Batch<Name extends string = never> extends ViewImages {
  /** [N] */
  labels: Int32Array;
  /** [N] places in the data set's samples. */
  indices: Int32Array;
  /** N */
  size: number;
  views: Record<Name, ViewImages>;
}

/** What an epoch has cost so far. */
export interface EpochCounters {
  images: number;
  /** How long the consumer stood waiting for the next batch. */
  waitMs: number;
  /** From the start of the epoch to its latest batch, the consumer's own work included. */
  elapsedMs: number;
}

/**
 * Renders a data set's images in batches ahead of their use. Call `close` when done: worker threads live until then.
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
   * Throws DataError or, from a worker thread, Error, naming the file of an image that cannot be decoded.
   */
  async *epoch(epoch: number): AsyncGenerator<Batch<Name>, void, undefined> {
    const order = this.#order(epoch);
    const counters = (this.#counters = { images: 0, waitMs: 0, elapsedMs: 0 });
    const ahead: Promise<Batch<Name>>[] = [];
    const start = performance.now();
    let next = 0;
    const renderAhead = (): void => {
      for (; ahead.length < 2 * this.#options.workers + 2 && next < order.length; next += this.#options.batchSize) {
        const batch = this.#batch(epoch, order.slice(next, next + this.#options.batchSize));
        batch.catch(() => {}); // a failure is thrown where the consumer awaits this batch
        ahead.push(batch);
      }
    };
    try {
      for (renderAhead(); ahead.length > 0; renderAhead()) {
        const asked = performance.now();
        const batch = await (ahead.shift() as Promise<Batch<Name>>);
        const now = performance.now();
        counters.waitMs += now - asked;
        counters.elapsedMs = now - start;
        counters.images += batch.size;
        yield batch;
      }
    } finally {
      await Promise.allSettled(ahead);
    }
  }

  /** Lets the batches under way end, then the worker threads. An epoch not yet at its end will throw. */
  async close(): Promise<void> {
    await this.#renderer.close();
  }

  #order(epoch: number): Int32Array {
    const { dataset, seed, shuffle } = this.#options;
    const count = dataset.samples.length;
    return shuffle ? random(seed, "shuffle", epoch).permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
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

function checkOptions({ dataset, batchSize, workers }: LoaderOptions<string>): void {
  if (dataset.samples.length === 0) throw new RangeError(`Loader: the data set ${dataset.name} has no sample`);
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Loader: batchSize must be a positive integer, got ${batchSize}`);
  }
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`Loader: workers must be an integer of at least 0, got ${workers}`);
  }
}
