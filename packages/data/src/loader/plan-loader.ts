import { random } from "@fledge/random";
import { sampleFile, type Sample } from "../dataset.ts";
import type { ImageSize, RgbImage } from "../image.ts";
import { batchesAhead, orderOf, type EpochCounters } from "./batches-ahead.ts";
import { checkOptions, type LoaderOptions } from "./options.ts";
import { Renderer } from "./renderer.ts";
import { viewPlanner, type View, type ViewPlan } from "./view.ts";

/** An image that is to be rendered elsewhere. */
export interface PlannedImage {
  readonly file: string;
  readonly size: ImageSize;
  /** Absent where whoever asked holds them already. */
  readonly pixels?: RgbImage;
}

/** Images as decoded, and what the views do to each: as `Batch`, but for the rendering. */
export interface PlannedBatch<Name extends string = never> {
  readonly images: readonly PlannedImage[];
  /** Of the main view, by image. */
  readonly plans: readonly ViewPlan[];
  readonly views: Readonly<Record<Name, readonly ViewPlan[]>>;
  readonly labels: Int32Array;
  readonly indices: Int32Array;
  readonly size: number;
}

interface PlanLoaderOptions<Name extends string = never> extends Omit<LoaderOptions<Name>, "cache"> {
  /** What is known of a file whose image need not be decoded. */
  readonly held: (file: string) => Omit<PlannedImage, "file"> | undefined;
}

/**
 * A loader for whoever renders images himself: it decodes on worker threads, ahead of use, and draws what the views do to
 * each image from the same streams as `Loader`, in the same order of batches. Call `close` when done.
 * Throws RangeError at a size, a count or a view that makes no sense, or that is no plan of operations.
 */
export class PlanLoader<Name extends string = never> {
  readonly #options: PlanLoaderOptions<Name>;
  readonly #renderer: Renderer;
  readonly #planners: readonly (readonly [name: Name | null, purpose: string, ReturnType<typeof viewPlanner>])[];
  #counters: EpochCounters = { images: 0, waitMs: 0, elapsedMs: 0 };

  constructor(options: PlanLoaderOptions<Name>) {
    checkOptions(options);
    const named = Object.entries<View>(options.views ?? {});
    this.#planners = [
      [null, "view", viewPlanner(options.view)],
      ...named.map(([name, view]) => [name as Name, `view ${name}`, viewPlanner(view)] as const),
    ];
    this.#options = options;
    this.#renderer = new Renderer(options.workers);
  }

  /** Of the latest epoch. */
  get counters(): Readonly<EpochCounters> {
    return this.#counters;
  }

  /** The batches of an epoch, as `Loader.epoch` has them, decoded ahead likewise. Throws as that does. */
  async *epoch(epoch: number): AsyncGenerator<PlannedBatch<Name>, void, undefined> {
    this.#counters = { images: 0, waitMs: 0, elapsedMs: 0 };
    const { batchSize, workers } = this.#options;
    const batch = (indices: Int32Array): Promise<PlannedBatch<Name>> => this.#batch(epoch, indices);
    yield* batchesAhead(orderOf(this.#options, epoch), batchSize, 2 * workers + 2, batch, this.#counters);
  }

  /** Waits for the batches under way and refuses more. An epoch not yet at its end will throw. */
  async close(): Promise<void> {
    await this.#renderer.close();
  }

  async #batch(epoch: number, indices: Int32Array): Promise<PlannedBatch<Name>> {
    const { dataset, seed, held } = this.#options;
    const samples = Array.from(indices, (index) => dataset.samples[index] as Sample);
    const files = samples.map((sample) => sampleFile(dataset, sample));
    const known = new Map(files.map((file) => [file, held(file)]));
    const missing = [...known].filter(([, image]) => image === undefined).map(([file]) => file);
    if (missing.length > 0) {
      const wanted = missing.map((file, index) => ({ index, file }));
      const { decoded } = await this.#renderer.render({ seed, epoch, samples: wanted, views: [], keepDecoded: true });
      for (const { file, image } of decoded) known.set(file, { size: image, pixels: image });
    }
    const images = files.map((file): PlannedImage => ({ file, ...known.get(file)! }));
    const plans = this.#planners.map(([name, purpose, plan]) => [
      name,
      images.map(({ size }, row) => plan(size, random(seed, purpose, epoch, indices[row]!))),
    ]) as [Name | null, ViewPlan[]][];
    const [[, main], ...others] = plans as [[null, ViewPlan[]], ...[Name, ViewPlan[]][]];
    return {
      images,
      plans: main,
      views: Object.fromEntries(others) as Record<Name, ViewPlan[]>,
      labels: Int32Array.from(samples, ({ label }) => label),
      indices,
      size: indices.length,
    };
  }
}
