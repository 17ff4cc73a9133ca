import type { DeviceRows } from "@fledge/autograd";
import { Loader, type Batch, type ImageCache, type View } from "@fledge/data";
import type { DeviceAugmenter } from "./device-augment/augmenter.ts";
import { DeviceLoader } from "./device-augment/device-loader.ts";

/** Images of a batch: on the host, or on the device as their rows. */
export type BatchImages = Uint8Array | DeviceRows;

/** A loader's batch, wherever its images are. */
export type ImageBatch = Batch<string, BatchImages>;

/** Who renders the images: worker threads, whose decoded ones a cache holds, or a device. */
export interface LoaderSettings {
  readonly workers: number;
  readonly cache: ImageCache;
  /** Where absent, images are rendered on the CPU. Changes no bit of any batch. */
  readonly augmenter?: DeviceAugmenter | undefined;
}

/** A `Loader`, or one that does its work on a device. */
export interface BatchLoader {
  epoch(epoch: number): AsyncGenerator<ImageBatch, void, undefined>;
  readonly counters: Loader["counters"];
  close(): Promise<void>;
}

type Options = Omit<ConstructorParameters<typeof Loader<string>>[0], "workers" | "cache">;

const onlyOnCpu = ({ corruption, perturbation }: View): boolean =>
  corruption !== undefined || perturbation !== undefined;

/** The loader that the settings ask for; views with a corruption or a perturbation are rendered on the CPU in any case. */
export function openLoader(options: Options, { workers, cache, augmenter }: LoaderSettings): BatchLoader {
  const views = [options.view, ...Object.values(options.views ?? {})];
  return augmenter && !views.some(onlyOnCpu)
    ? new DeviceLoader<string>({ ...options, workers }, augmenter)
    : new Loader<string>({ ...options, workers, cache });
}
