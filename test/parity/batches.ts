import { join } from "node:path";
import { Loader, readDataset } from "@fledge/data";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { readSafetensors, writeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { files, settings } from "./settings.ts";

export interface Batch {
  /** u8 [N,H,W,3]. */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

/** Draws birds, and writes random crops of them as the batches that both sides train on. */
export async function writeBatches(folder: string): Promise<void> {
  const { steps, batchSize, classes, imageSize, seed } = settings;
  const birds = join(folder, "birds");
  await makeDemoDataset(birds, {
    seed,
    speciesCount: classes,
    imagesPerSpecies2010: 20,
    imagesPerSpecies2011: 2,
    overlapShare: 0,
  });
  const dataset = readDataset(join(birds, "CUB_200_2010"));
  const view = {
    crop: { kind: "random-resized" as const, size: imageSize, scale: [0.4, 1] as [number, number] },
    flip: false,
  };
  const loader = new Loader({ dataset, view, seed, batchSize, shuffle: true, workers: 0 });
  const images = new Uint8Array(steps * batchSize * imageSize * imageSize * 3);
  const labels = new Int32Array(steps * batchSize);
  let taken = 0;
  for (let epoch = 0; taken < steps; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      if (batch.size < batchSize || taken === steps) continue;
      images.set(batch.images, (taken * images.length) / steps);
      labels.set(batch.labels, taken * batchSize);
      taken += 1;
    }
  }
  await loader.close();
  const tensors = new Map<string, StoredTensor>([
    ["images", { shape: [steps, batchSize, imageSize, imageSize, 3], data: images }],
    ["labels", { shape: [steps, batchSize], data: labels }],
  ]);
  await writeSafetensors(join(folder, files.batches), tensors);
}

/** The batches, from the file that PyTorch reads too. */
export async function readBatches(folder: string): Promise<Batch[]> {
  const { tensors } = await readSafetensors(join(folder, files.batches));
  const images = tensors.get("images")!.data as Uint8Array<ArrayBuffer>;
  const labels = tensors.get("labels")!.data as Int32Array<ArrayBuffer>;
  const part = <T extends typeof images | typeof labels>(all: T, step: number): T => {
    const size = all.length / settings.steps;
    return all.slice(step * size, (step + 1) * size) as T;
  };
  return Array.from({ length: settings.steps }, (_, step) => ({
    images: part(images, step),
    labels: part(labels, step),
  }));
}
