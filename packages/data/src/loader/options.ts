import type { Dataset } from "../dataset.ts";
import type { ImageCache } from "./cache.ts";
import type { View } from "./view.ts";
import { viewRenderer } from "./view.ts";

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

/** Throws RangeError, naming the option, at a size or count that makes no sense. */
export function checkOptions(options: LoaderOptions<string>): void {
  const { dataset, batchSize, workers } = options;
  if (dataset.samples.length === 0) throw new RangeError(`Loader: the data set ${dataset.name} has no sample`);
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Loader: batchSize must be a positive integer, got ${batchSize}`);
  }
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`Loader: workers must be an integer of at least 0, got ${workers}`);
  }
  for (const view of [options.view, ...Object.values(options.views ?? {})]) viewRenderer(view);
}
