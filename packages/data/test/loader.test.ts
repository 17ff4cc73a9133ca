import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Dataset } from "../src/dataset.ts";
import { subset } from "../src/dataset.ts";
import { ImageCache } from "../src/loader/cache.ts";
import type { Batch } from "../src/loader/loader.ts";
import { Loader } from "../src/loader/loader.ts";
import type { LoaderOptions } from "../src/loader/options.ts";
import type { ViewImages } from "../src/loader/render-batch.ts";
import type { View } from "../src/loader/view.ts";
import { readImageFolder } from "../src/readers/image-folder.ts";
import { temporaryFolder, writeJpeg } from "./folders.ts";

const train: View = { crop: { kind: "random-resized", size: 8 }, flip: true };
const clean: View = { crop: { kind: "center", resize: 9, size: 6 }, flip: false };

/** Eleven images of several sizes in three classes. */
async function birds(): Promise<Dataset> {
  const root = temporaryFolder();
  for (let i = 0; i < 11; i++) await writeJpeg(join(root, `class${i % 3}`, `${i}.jpg`), 20 + i, 31 - i, i);
  return readImageFolder(root);
}

function open<Name extends string = never>(options: Partial<LoaderOptions<Name>> & { dataset: Dataset }): Loader<Name> {
  const loader = new Loader<Name>({ batchSize: 4, view: train, seed: 1, shuffle: true, workers: 0, ...options });
  onTestFinished(() => loader.close());
  return loader;
}

async function all<Name extends string>(loader: Loader<Name>, epoch: number): Promise<Batch<Name>[]> {
  const batches: Batch<Name>[] = [];
  for await (const batch of loader.epoch(epoch)) batches.push(batch);
  return batches;
}

/** Row `row` of a view: its bytes and its flip. */
function rowOf({ images, flips, imageSize }: ViewImages, row: number): [Uint8Array, number] {
  const bytes = imageSize ** 2 * 3;
  return [images.slice(row * bytes, (row + 1) * bytes), flips[row] as number];
}

describe("the batches of an epoch", () => {
  test("hold every sample once, with its label, and end with the partial batch", async () => {
    const dataset = await birds();
    const loader = open({ dataset });
    const batches = await all(loader, 0);
    expect(loader.batches).toBe(3);
    expect(batches.map(({ size }) => size)).toEqual([4, 4, 3]);
    const indices = batches.flatMap((batch) => [...batch.indices]);
    expect(indices.toSorted((a, b) => a - b)).toEqual(dataset.samples.map((_, i) => i));
    expect(indices).not.toEqual(dataset.samples.map((_, i) => i));
    const labels = batches.flatMap((batch) => [...batch.labels]);
    expect(labels).toEqual(indices.map((index) => dataset.samples[index]?.label));
    expect(batches.map(({ images }) => images.length)).toEqual([4, 4, 3].map((size) => size * 8 * 8 * 3));
    const flips = batches.flatMap((batch) => [...batch.flips]);
    expect(new Set(flips)).toEqual(new Set([0, 1]));
    expect(loader.counters.images).toBe(11);
    expect(loader.counters.waitMs).toBeLessThanOrEqual(loader.counters.elapsedMs);
  });

  test("are the same bytes for any number of workers, with and without a cache", async () => {
    const dataset = await birds();
    const views = { teacher: clean, noisy: { ...train, randAugment: { order: "before-crop" } } } as const;
    const expected = [await all(open({ dataset, views }), 0), await all(open({ dataset, views }), 1)];
    const [whole, part] = [2 ** 20, 5000]; // bytes of cache: room for all images, for some
    for (const [workers, cacheBytes] of [[1], [2], [3], [0, whole], [0, part], [2, whole], [2, part]] as [
      number,
      number?,
    ][]) {
      const loader = open({ dataset, views, workers, ...(cacheBytes && { cache: new ImageCache(cacheBytes) }) });
      for (const epoch of [0, 1]) expect(await all(loader, epoch)).toEqual(expected[epoch]);
      await loader.close();
    }
  });

  test("of corrupted images and of sequences are the same bytes for any number of workers and any batch size", async () => {
    const dataset = await birds();
    const views = {
      fog: { ...clean, corruption: { kind: "fog", severity: 2 } },
      snow: { ...clean, corruption: { kind: "snow", severity: 5, savedAsJpeg: null } },
      tilt: { ...clean, perturbation: { kind: "tilt", frame: 3 } },
      noise: { ...clean, perturbation: { kind: "shot_noise", frame: 7 } },
    } as const;
    const bytes = async (options: { workers?: number; batchSize?: number; seed?: number }): Promise<number[][]> => {
      const batches = await all(open({ dataset, views, shuffle: false, ...options }), 0);
      return Object.keys(views).map((name) => batches.flatMap((batch) => [...batch.views[name as "fog"].images]));
    };
    const expected = await bytes({});
    expect(new Set(expected.map(String)).size).toBe(4);
    expect(await bytes({ workers: 2 })).toEqual(expected);
    expect(await bytes({ workers: 1, batchSize: 11 })).toEqual(expected);
    const other = await bytes({ seed: 2 });
    expect(other.map((values, i) => String(values) === String(expected[i]))).toEqual([false, false, true, false]); // a tilt draws nothing
  });

  test("change with the epoch and the seed, not with the batch size", async () => {
    const dataset = await birds();
    const loader = open({ dataset });
    const [first, second] = [await all(loader, 0), await all(loader, 1)];
    expect(first).not.toEqual(second);
    expect(await all(loader, 0)).toEqual(first);
    expect(await all(open({ dataset, seed: 2 }), 0)).not.toEqual(first);
    const whole = (await all(open({ dataset, batchSize: 11 }), 0))[0] as Batch;
    expect(whole.images).toEqual(Uint8Array.from(first.flatMap(({ images }) => [...images])));
  });

  test("keep the order of the data set without shuffling", async () => {
    const dataset = await birds();
    const batches = await all(open({ dataset, shuffle: false }), 3);
    expect(batches.flatMap((batch) => [...batch.indices])).toEqual(dataset.samples.map((_, i) => i));
  });

  test("show one image under several views at once, each as it would be alone", async () => {
    const dataset = await birds();
    const both = await all(open({ dataset, views: { teacher: clean } }), 2);
    const alone = await all(open({ dataset, view: clean }), 2);
    expect(both.map(({ views }) => views.teacher.images)).toEqual(alone.map(({ images }) => images));
    const plain = await all(open({ dataset }), 2);
    expect(both.map(({ images, flips }) => [images, flips])).toEqual(plain.map(({ images, flips }) => [images, flips]));
    // Two views of the same description are drawn apart.
    const twice = (await all(open({ dataset, views: { again: train } }), 2))[0] as Batch<"again">;
    expect(rowOf(twice, 0)).not.toEqual(rowOf(twice.views.again, 0));
  });
});

describe("faults", () => {
  test.each([0, 2])("a broken image is named to the consumer (workers: %i)", async (workers) => {
    const dataset = await birds();
    writeFileSync(join(dataset.root, "class1", "4.jpg"), "torn");
    const loader = open({ dataset, workers });
    await expect(all(loader, 0)).rejects.toThrow(/class1\/4\.jpg: this image cannot be decoded/);
    const good = dataset.samples.flatMap(({ path }, i) => (path === "class1/4.jpg" ? [] : [i]));
    expect(await all(open({ dataset: subset(dataset, good), workers }), 0)).toHaveLength(3);
  });

  test.each([0, 2])("an epoch can be left early, and the loader used again (workers: %i)", async (workers) => {
    const dataset = await birds();
    const loader = open({ dataset, workers, batchSize: 1 });
    for await (const batch of loader.epoch(0)) {
      expect(batch.size).toBe(1);
      break;
    }
    expect(await all(loader, 0)).toHaveLength(11);
  });

  test.each([0, 2])("closing ends an epoch under way and refuses another (workers: %i)", async (workers) => {
    const dataset = await birds();
    const loader = open({ dataset, workers, batchSize: 1 });
    const drain = async (): Promise<void> => {
      for await (const batch of loader.epoch(0)) if (batch.size > 0) await loader.close();
    };
    await expect(drain()).rejects.toThrow(/loader is closed/);
    await expect(all(loader, 0)).rejects.toThrow(/loader is closed/);
  });

  test("senseless options are refused", async () => {
    const dataset = await birds();
    expect(() => open({ dataset, batchSize: 0 })).toThrow(/batchSize must be a positive integer, got 0/);
    expect(() => open({ dataset, workers: -1 })).toThrow(/workers must be .* got -1/);
    expect(() => open({ dataset: subset(dataset, []) })).toThrow(/has no sample/);
    const center = (resize: number, size: number): View => ({ ...clean, crop: { kind: "center", resize, size } });
    expect(() => open({ dataset, view: center(8, 0) })).toThrow(/crop\.size must be a positive integer, got 0/);
    expect(() => open({ dataset, views: { teacher: center(7, 8) } })).toThrow(/crop\.resize must be .* got 7/);
    const randAugment = { library: "ildoonet", n: 2, m: 31, order: "after-crop" } as const;
    expect(() => open({ dataset, view: { ...train, randAugment } })).toThrow(/m must be in 0 \.\. 30, got 31/);
  });
});

test("the cache keeps what came first within its bytes, and spares the decoding", async () => {
  const dataset = await birds();
  const cache = new ImageCache(5000);
  const loader = open({ dataset, cache, shuffle: false });
  const first = await all(loader, 0);
  expect(cache.sizeBytes).toBeGreaterThan(0);
  expect(cache.sizeBytes).toBeLessThanOrEqual(5000);
  const kept = dataset.samples.filter(({ path }) => cache.get(join(dataset.root, path)));
  expect(kept.length).toBeGreaterThan(0);
  // A cached image is not read again: the file may be gone.
  for (const { path } of kept) writeFileSync(join(dataset.root, path), "gone");
  expect(await all(loader, 0)).toEqual(first);
});
