import { encodeGrid, Loader, subset, type Dataset } from "@fledge/data";
import type { Config } from "../config/schema.ts";
import { reportedSplit } from "../stages/split.ts";
import { randAugmented, trainView } from "../stages/views.ts";

const columns = 6;
const rows = 4;

/** Figure 2: training images of the labelled set as the noisy student sees them; a PNG picture. */
export async function augmentedGridPng(config: Config, labelled: Dataset): Promise<Buffer> {
  const { train } = reportedSplit(config, labelled);
  const count = Math.min(columns * rows, train.samples.length);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * train.samples.length) / count));
  const loader = new Loader({
    dataset: subset(train, indices),
    batchSize: count,
    shuffle: false,
    workers: 0,
    seed: config.seed,
    // The loader leaves flips to the GPU; the picture does without.
    view: { ...randAugmented(trainView(config), config), flip: false },
  });
  const { value: batch } = await loader.epoch(0).next();
  await loader.close();
  if (!batch) throw new Error("the labelled set has no training images");
  const bytes = batch.imageSize ** 2 * 3;
  const images = indices.map((_, row) => ({
    width: batch.imageSize,
    height: batch.imageSize,
    data: batch.images.subarray(row * bytes, (row + 1) * bytes),
  }));
  return encodeGrid(images, { columns, gap: 4 });
}
