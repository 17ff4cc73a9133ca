import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeviceRows, readVariables } from "@fledge/autograd";
import { encodeGrid, ImageCache, type Dataset, type RandAugmentOptions, type View } from "@fledge/data";
import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { afterAll, describe, expect, it } from "vitest";
import {
  DeviceAugmenter,
  mixedImages,
  renderedImages,
  supervised,
  train,
  type StepRecord,
  type TrainingPlan,
} from "../src/index.ts";
import { openLoader, type BatchImages, type ImageBatch } from "../src/open-loader.ts";
import { narrowModel } from "./networks.ts";

const gpu = await openTestGpu();

/** Pictures of many sizes on disk: slopes with noise in one half. */
async function pictures(count: number): Promise<Dataset> {
  const root = await mkdtemp(join(tmpdir(), "fledge-augmented-"));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const samples = Array.from({ length: count }, (_, i) => ({ path: `${i}.png`, label: i % 2, id: `${i}` }));
  for (const [index, { path }] of samples.entries()) {
    const draw = random(3, "picture", index);
    const [width, height] = [draw.integer(30, 90), draw.integer(30, 90)];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const x = Math.floor(i / 3) % width;
      return x < width / 2 ? draw.integer(0, 256) : (x * 3 + (i % 3) * 40 + index * 11) & 255;
    });
    await writeFile(join(root, path), await encodeGrid([{ width, height, data }], { columns: 1, gap: 0 }));
  }
  return { name: "pictures", root, classes: ["0", "1"], samples };
}

const dataset = await pictures(14);
const side = 32;

const augmenterOf = (maxImageBytes: number, cache = new ImageCache(2 ** 24)): DeviceAugmenter => {
  const augmenter = new DeviceAugmenter(gpu, { maxImageBytes, cache });
  afterAll(() => augmenter.release());
  return augmenter;
};
// Some of the images stay on the device, some on the host.
const augmenter = augmenterOf(60_000);

async function bytesOf(images: BatchImages): Promise<Uint8Array> {
  if (!(images instanceof DeviceRows)) return images;
  const rows = await Promise.all(images.rows.map(async (row) => new Uint8Array(await gpu.read(row))));
  return Uint8Array.from(rows.flatMap((row) => [...row]));
}

async function contentsOf({ images, flips, labels, indices, views }: ImageBatch) {
  const clean = views["clean"];
  return {
    images: await bytesOf(images),
    flips,
    labels,
    indices,
    ...(clean && { clean: await bytesOf(clean.images), cleanFlips: clean.flips }),
  };
}

/** Every batch of some epochs. */
async function batchesOf(view: View, where: DeviceAugmenter | undefined, { workers = 0, epochs = [0] } = {}) {
  const views = { clean: { crop: { kind: "center", resize: 40, size: side }, flip: true } } as const;
  const options = { dataset, view, views, seed: 4, batchSize: 6, shuffle: true };
  const loader = openLoader(options, { workers, cache: new ImageCache(2 ** 24), augmenter: where });
  const all: Awaited<ReturnType<typeof contentsOf>>[] = [];
  try {
    for (const epoch of epochs) for await (const batch of loader.epoch(epoch)) all.push(await contentsOf(batch));
  } finally {
    await loader.close();
  }
  return all;
}

const crop = { kind: "random-resized", size: side } as const;
const augmentations: readonly RandAugmentOptions[] = [
  { library: "jizongfox", n: 4, probability: 0.8 },
  { library: "ildoonet", n: 3, m: 11 },
  { library: "torchvision", n: 3, m: 12 },
];

describe("a device's batches are those of the loader's threads, byte for byte", () => {
  it("cropped and mirrored", async () => {
    const view: View = { crop, flip: true };
    const epochs = [0, 1];
    const expected = await batchesOf(view, undefined, { epochs });
    expect(await batchesOf(view, augmenter, { epochs })).toEqual(expected);
    expect(await batchesOf(view, augmenter, { epochs, workers: 1 })).toEqual(expected);
    expect(await batchesOf(view, augmenterOf(0, new ImageCache(0)), { epochs })).toEqual(expected);
    expect(await batchesOf(view, augmenterOf(2 ** 24), { epochs })).toEqual(expected);
  });

  for (const options of augmentations) {
    it.each(["before-crop", "after-crop"] as const)(`under ${options.library} %s`, async (order) => {
      const view: View = { crop, flip: true, randAugment: { ...options, order } };
      expect(await batchesOf(view, augmenter)).toEqual(await batchesOf(view, undefined));
    });
  }
});

it("leaves corrupted views to the loader's threads", async () => {
  const view: View = { crop, flip: true, corruption: { kind: "brightness", severity: 2 } };
  expect(await batchesOf(view, augmenter)).toEqual(await batchesOf(view, undefined));
});

it("says what the device cannot do, and what to set", async () => {
  const randAugment = { library: "torchvision", interpolation: "bilinear", operations: ["Rotate"] } as const;
  const view: View = { crop, flip: true, randAugment: { ...randAugment, order: "after-crop" } };
  await expect(batchesOf(view, augmenter)).rejects.toThrow(/bilinear .* set randAugment.interpolation to nearest/);
});

it("tells once that the device is full", () => {
  const told: [number, number][] = [];
  const small = new DeviceAugmenter(gpu, {
    maxImageBytes: 3000,
    cache: new ImageCache(0),
    onFull: (...said) => told.push(said),
  });
  const images = ["a", "b", "c"].map((file) => {
    const pixels = { width: 20, height: 30, data: new Uint8Array(1800) };
    return { file, size: pixels, pixels };
  });
  small.keep(images);
  expect(told).toEqual([[1, 3000]]);
  expect(small.held("a")).toEqual({ size: { width: 20, height: 30 } });
  expect(small.held("b")).toBeUndefined();
  small.release();
});

describe("training on a device's batches comes to the same bits", () => {
  const view: View = { crop, flip: true, randAugment: { order: "before-crop" } };
  const planWith = (objective: TrainingPlan["phases"][0]["objective"], where: DeviceAugmenter | undefined) => {
    const plan: TrainingPlan = {
      phases: [{ name: "only", epochs: 2, dataset, view, objective }],
      batch: { size: 6, atOnce: 4 },
      evaluationBatchSize: 5,
      learningRate: { initial: 0.1, stepSize: 1, gamma: 0.5 },
      momentum: 0.9,
      weightDecay: 0,
      validation: { dataset, view },
      bestFrom: "last phase",
      seed: 5,
      loader: { workers: 0, cache: new ImageCache(2 ** 24), augmenter: where },
    };
    return plan;
  };
  async function trained(plan: TrainingPlan) {
    const model = narrowModel(gpu, side, 2);
    const steps: StepRecord[] = [];
    const none = () => Promise.resolve();
    const keeper = {
      resume: () => Promise.resolve({ epochsDone: 0, steps: 0, best: null, log: [] }),
      best: none,
      last: none,
    };
    const ignored = () => undefined;
    const watcher = { training: ignored, step: (record: StepRecord) => steps.push(record), epoch: ignored };
    const { best } = await train(model, plan, keeper, watcher);
    const weights = await readVariables(gpu, model.network.variables);
    await model.release();
    return { steps, best, weights };
  }
  const objectives = {
    "in parts": supervised(renderedImages(side), { labelSmoothing: 0 }),
    mixed: supervised(mixedImages(side, { kind: "mixup", alpha: 0.4, probability: 1 }), { labelSmoothing: 0 }),
  };
  it.each(Object.entries(objectives))("%s", async (_name, objective) => {
    const onCpu = await trained(planWith(objective, undefined));
    expect(onCpu.steps).toHaveLength(6);
    expect(await trained(planWith(objective, augmenter))).toEqual(onCpu);
  });
});
