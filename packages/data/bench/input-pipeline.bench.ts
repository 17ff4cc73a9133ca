// Images per second of one core: our input pipeline and Pillow with torchvision, the same files and the same steps in
// turns, each on one thread. CPU time, not time on the clock, so that what else the machine does matters little.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  scriptOptions,
  environment,
  renderTable,
  saveResults,
  spreadOf,
  threeDigits,
  type Spread,
} from "@fledge/bench";
import { sampleFile, type Dataset } from "../src/dataset.ts";
import { decodeRgb } from "../src/decode.ts";
import { ImageCache } from "../src/loader/cache.ts";
import { Loader } from "../src/loader/loader.ts";
import type { View } from "../src/loader/view.ts";
import { readImageFolder } from "../src/readers/image-folder.ts";
import { drawPhotographs, photograph } from "./photographs.ts";
import { startTorchvision, type Run } from "./torchvision.ts";

const { budget, file } = scriptOptions();
const count = 32;
const rounds = budget.mode === "full" ? 9 : 3;
const warmUps = 3;

const cropped: View = { crop: { kind: "random-resized", size: 224 }, flip: true };
const augmented: View = { ...cropped, randAugment: { library: "torchvision", n: 2, m: 9, order: "before-crop" } };

/** Our side of each task, by the name that torchvision_pipeline.py knows it by: how many images it handled. */
function ourTasks(dataset: Dataset): Record<string, () => Promise<number>> {
  const filled = new ImageCache(2 ** 30);
  const epoch = (view: View, cache?: ImageCache) => async (): Promise<number> => {
    const loader = new Loader({
      dataset,
      batchSize: 8,
      view,
      seed: 1,
      shuffle: false,
      workers: 0,
      ...(cache ? { cache } : {}),
    });
    let images = 0;
    for await (const batch of loader.epoch(0)) images += batch.size;
    await loader.close();
    return images;
  };
  return {
    decode: async () => {
      for (const sample of dataset.samples) await decodeRgb(sampleFile(dataset, sample));
      return dataset.samples.length;
    },
    "decode, crop, flip": epoch(cropped),
    "decode, RandAugment, crop, flip": epoch(augmented),
    "decoded before: crop, flip": epoch(cropped, filled),
    "decoded before: RandAugment, crop, flip": epoch(augmented, filled),
  };
}

async function timed(task: () => Promise<number>): Promise<Run> {
  const before = process.cpuUsage();
  const images = await task();
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, images };
}

const folder = await mkdtemp(join(tmpdir(), "fledge-bench-"));
try {
  await drawPhotographs(folder, count);
  const ours = ourTasks(readImageFolder(folder));
  const torchvision = await startTorchvision(folder, process.env["FLEDGE_PYTHON"] ?? "/usr/bin/python3");
  const rates = { ours: {} as Record<string, Spread>, theirs: {} as Record<string, Spread> };
  for (const [name, task] of Object.entries(ours)) {
    const runs: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
    const rate = ({ images, cpuSeconds }: Run): number => images / cpuSeconds;
    // The first rounds of each warm up: V8 compiles what it then runs.
    for (let round = 0; round < warmUps + rounds; round++) {
      const own = rate(await timed(task));
      const other = torchvision && rate(await torchvision.run(name));
      if (round < warmUps) continue;
      runs.ours.push(own);
      if (other !== undefined) runs.theirs.push(other);
    }
    rates.ours[name] = spreadOf(runs.ours);
    if (torchvision) rates.theirs[name] = spreadOf(runs.theirs);
  }
  torchvision?.close();

  const where = environment();
  const versions = torchvision
    ? Object.entries(torchvision.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")
    : "none";
  console.log(
    `\n## Input pipeline, ${photograph.width} x ${photograph.height} JPEG to 224 x 224\n\n${where.cpu}, Node ${where.node}, beside ${versions}\n`,
  );
  const rows = Object.keys(ours).map((name) => {
    const [own, other] = [rates.ours[name]!, rates.theirs[name]];
    const spread = ({ p10, p90 }: Spread): string => `${threeDigits(p10)}-${threeDigits(p90)}`;
    return [
      name,
      threeDigits(own.median),
      spread(own),
      ...(other ? [threeDigits(other.median), spread(other), (own.median / other.median).toFixed(2)] : ["", "", ""]),
    ];
  });
  if (file !== undefined) {
    await saveResults(file, {
      "input pipeline": {
        environment: where,
        mode: budget.mode,
        versions: torchvision?.versions ?? null,
        ratePerSecond: rates,
      },
    });
  }
  console.log(renderTable(["task", "ours, images/s of a core", "p10-p90", "torchvision's", "p10-p90", "ratio"], rows));
} finally {
  await rm(folder, { recursive: true, force: true });
}
