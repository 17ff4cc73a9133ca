import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchFunctions } from "@fledge/bench";
import { sampleFile } from "../src/dataset.ts";
import { decodeRgb } from "../src/decode.ts";
import { ImageCache } from "../src/loader/cache.ts";
import { Loader } from "../src/loader/loader.ts";
import type { View } from "../src/loader/view.ts";
import { readImageFolder } from "../src/readers/image-folder.ts";
import { drawPhotographs, photograph } from "./photographs.ts";

/** As many images as a call handles. */
const count = 32;
const { width, height } = photograph;
const view: View = { crop: { kind: "random-resized", size: 224 }, flip: true };

const root = mkdtempSync(join(tmpdir(), "fledge-bench-"));
try {
  await drawPhotographs(root, count);
  const dataset = readImageFolder(root);
  const cache = new ImageCache(2 ** 30);
  const loaders: Loader[] = [];

  /** One epoch of `count` images in batches of 8; the threads live on between calls, as in training. */
  const epoch = async (workers: number, cached: boolean): Promise<() => Promise<void>> => {
    const options = { dataset, batchSize: 8, view, seed: 1, shuffle: true, workers };
    const loader = new Loader(cached ? { ...options, cache } : options);
    loaders.push(loader);
    const run = async (): Promise<void> => {
      for await (const batch of loader.epoch(0)) if (batch.size === 0) throw new Error("an empty batch");
    };
    await run();
    return run;
  };
  await benchFunctions({
    title: `loader: ${width}x${height} JPEG, random-resized crop to 224`,
    work: { count, unit: "images" },
    tasks: {
      "decode only, one at a time": async () => {
        for (const sample of dataset.samples) await decodeRgb(sampleFile(dataset, sample));
      },
      "decode + crop, workers 0": await epoch(0, false),
      "decode + crop, workers 1": await epoch(1, false),
      "decode + crop, workers 2": await epoch(2, false),
      "decode + crop, workers 4": await epoch(4, false),
      "cached + crop, workers 0": await epoch(0, true),
      "cached + crop, workers 2": await epoch(2, true),
    },
  });
  for (const loader of loaders) await loader.close();
} finally {
  rmSync(root, { recursive: true });
}
