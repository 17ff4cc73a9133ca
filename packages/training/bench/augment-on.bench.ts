import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeGrid, ImageCache, type Dataset, type View } from "@fledge/data";
import { random } from "@fledge/random";
import { Gpu } from "@fledge/runtime";
import { DeviceAugmenter } from "../src/index.ts";
import { openLoader, type LoaderSettings } from "../src/open-loader.ts";

// CPU time of rendering decoded images, all threads of the process counted, by the loader's threads and by the device's
// kernels, in turns. On an adapter that computes on the CPU it says what the kernels cost there, and nothing of GPUs.

const count = 16;
const root = mkdtempSync(join(tmpdir(), "fledge-bench-"));
const gpu = await Gpu.open();
try {
  const samples = Array.from({ length: count }, (_, i) => ({ path: `${i}.png`, label: 0, id: `${i}` }));
  for (const [index, { path }] of samples.entries()) {
    const draw = random(1, "bench image", index);
    const data = Uint8Array.from({ length: 500 * 375 * 3 }, (_, i) => ((i % 1500) >> 3) + draw.integer(0, 60));
    writeFileSync(join(root, path), await encodeGrid([{ width: 500, height: 375, data }], { columns: 1, gap: 0 }));
  }
  const dataset: Dataset = { name: "bench", root, classes: ["0"], samples };
  const cache = new ImageCache(2 ** 30);
  const augmenter = new DeviceAugmenter(gpu, { maxImageBytes: 2 ** 26, cache: new ImageCache(0) });
  const crop = { kind: "random-resized", size: 224 } as const;
  const views: Record<string, View> = {
    "crop and flip": { crop, flip: true },
    "the paper's RandAugment first": { crop, flip: true, randAugment: { order: "before-crop" } },
    "the paper's RandAugment last": { crop, flip: true, randAugment: { order: "after-crop" } },
  };
  const settings = { cpu: { workers: 0, cache }, device: { workers: 0, cache, augmenter } };
  const cpuMs = async (view: View, where: LoaderSettings, epoch: number): Promise<number> => {
    const loader = openLoader({ dataset, view, seed: 1, batchSize: 8, shuffle: true }, where);
    const before = process.cpuUsage();
    for await (const batch of loader.epoch(epoch)) if (batch.size === 0) throw new Error("an empty batch");
    await gpu.idle();
    const { user, system } = process.cpuUsage(before);
    await loader.close();
    return (user + system) / 1000 / count;
  };
  console.log(`\n${gpu.adapter.name}, ${gpu.adapter.driver}: CPU ms per image of 500 x 375, the least of 5 rounds`);
  for (const [name, view] of Object.entries(views)) {
    const least = { cpu: Infinity, device: Infinity };
    for (let epoch = 0; epoch < 6; epoch += 1) {
      for (const where of ["cpu", "device"] as const) {
        const ms = await cpuMs(view, settings[where], epoch);
        if (epoch > 0) least[where] = Math.min(least[where], ms); // the first decodes and compiles
      }
    }
    const ratio = (least.device / least.cpu).toFixed(2);
    console.log(`${name.padEnd(30)} cpu ${least.cpu.toFixed(2)}  device ${least.device.toFixed(2)}  ratio ${ratio}`);
  }
  augmenter.release();
} finally {
  await gpu.close();
  rmSync(root, { recursive: true });
}
