import { availableParallelism } from "node:os";
import { ImageCache, Loader, subset, type Dataset } from "@fledge/data";
import { trainView } from "../stages/views.ts";
import type { Config } from "../config/schema.ts";
import type { WorkCost } from "./run-cost.ts";

/** How long the loader's threads take for an image of the training view. */
export interface MeasuredLoading {
  /** That must be decoded first. */
  readonly firstSeconds: number;
  /** That is in the cache. */
  readonly againSeconds: number;
  /** How many images it was measured on. */
  readonly images: number;
  /** Of the cores, those that loading keeps busy. */
  readonly shareOfCores: number;
}

const batches = 2;

const firstOf = (dataset: Dataset, images: number): Dataset =>
  subset(
    dataset,
    Array.from({ length: images }, (_, index) => index),
  );

/** Loads a few batches twice, the second time from the cache. @throws DataError where an image cannot be decoded */
export async function measureLoading(config: Config, labelled: Dataset): Promise<MeasuredLoading> {
  const { workers, cacheMiB } = config.loader;
  const { batchSize } = config.training;
  const images = Math.min(labelled.samples.length, batches * batchSize);
  const cache = new ImageCache(cacheMiB * 2 ** 20);
  const loaderOf = (dataset: Dataset): Loader =>
    new Loader({ dataset, view: trainView(config), seed: config.seed, shuffle: false, batchSize, workers, cache });
  const secondsOfPass = async (loader: Loader, epoch: number): Promise<number> => {
    const start = performance.now();
    for await (const batch of loader.epoch(epoch)) void batch;
    return (performance.now() - start) / 1000;
  };
  // The last image, which no batch has where there are more, starts the threads that loaders share.
  const starting = loaderOf(subset(labelled, [labelled.samples.length - 1]));
  const loader = loaderOf(firstOf(labelled, images));
  try {
    await secondsOfPass(starting, 0);
    const firstSeconds = (await secondsOfPass(loader, 0)) / images;
    const againSeconds = (await secondsOfPass(loader, 1)) / images;
    const shareOfCores = Math.min(1, Math.max(1, workers) / availableParallelism());
    return { firstSeconds, againSeconds, images, shareOfCores };
  } finally {
    await loader.close();
    await starting.close();
  }
}

/** How long pieces of work load images: of each set the first pass decodes. */
export function loadingSecondsIn(work: readonly WorkCost[], { firstSeconds, againSeconds }: MeasuredLoading): number {
  const seen = new Map<string, number>();
  let again = 0;
  for (const { use, images, passes } of work) {
    if (passes === 0) continue;
    const loaded = images * (1 + use.batches.perImage);
    again += loaded * passes * againSeconds;
    seen.set(use.on, Math.max(loaded, seen.get(use.on) ?? 0));
  }
  const first = [...seen.values()].reduce((sum, images) => sum + images, 0);
  return again + first * Math.max(0, firstSeconds - againSeconds);
}
