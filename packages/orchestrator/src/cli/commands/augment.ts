import { join } from "node:path";
import {
  decodeRgb,
  ImageCache,
  readDataset,
  readUnlabelled,
  subset,
  type Dataset,
  type RgbImage,
  type View,
} from "@fledge/data";
import { checkWritable, isThere, writeFileWhole } from "@fledge/files";
import { random } from "@fledge/random";
import { countFlips, evaluationsOf, type Flips } from "../../augment-preview/flips.ts";
import { operationRows, type OperationRow } from "../../augment-preview/magnitudes.ts";
import { rowPicture } from "../../augment-preview/pictures.ts";
import { previewPage } from "../../augment-preview/preview-page.ts";
import { resolveConfig, UsageError } from "../../config/resolve.ts";
import type { Config } from "../../config/schema.ts";
import { readPins, withPinnedPlaces } from "../../run/pins.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { evaluationBatchesOf } from "../../stages/batches.ts";
import { labellingTeacher } from "../../stages/train-model.ts";
import { cleanView, trainView } from "../../stages/views.ts";
import { log } from "../log.mjs";
import { openGpu } from "../open-gpu.ts";
import { configFrom, givenConfigFlags } from "../options.ts";
import type { AdapterFlags, ConfigFlags } from "../options.ts";
import { Progress } from "../progress.ts";
import { textTable } from "../text-table.ts";

type Flags = ConfigFlags &
  AdapterFlags & {
    readonly images?: readonly string[];
    readonly count: number;
    readonly run?: string;
    readonly sample: number;
    readonly out: string;
    readonly json?: true;
  };

/** Settings that may be tried on a run's teacher, which keeps all others. */
const overRun: readonly string[] = ["--set", "--seed", "--workers", "--batch-size"];

/** The settings: of the flags, or a run's with those of the flags over them. */
async function configOf(flags: Flags, run: RunDirectory | undefined): Promise<Config> {
  if (!run) return configFrom(flags);
  const refused = givenConfigFlags(flags).filter((flag) => !overRun.includes(flag));
  if (refused.length > 0)
    throw new UsageError(`${refused.join(", ")}: the run in ${run.path} has its own; leave it out, or leave out --run`);
  const pins = await readPins(run);
  const { labelled, unlabelled, seed, batchSize, workers } = flags;
  return resolveConfig(run.config.preset, [
    pins ? withPinnedPlaces(run.config, pins) : run.config,
    { seed, data: { labelled, unlabelled }, training: { batchSize }, loader: { workers } },
    ...(flags.set ?? []),
  ]);
}

/** Images of a set that are drawn by the seed, in their order. */
function sampleOf(config: Config, role: "labelled" | "unlabelled", count: number): Dataset {
  const folder = config.data[role];
  if (folder === null)
    throw new UsageError(
      "data.unlabelled: there are none, and the teacher predicts a few: give a folder with --unlabelled",
    );
  if (!isThere(folder)) {
    throw new UsageError(
      `data.${role}: there is no folder ${folder}; give it with --${role}, or draw the demo data with "npx fledge dataset make-demo demo-data"`,
    );
  }
  // What they show does not matter here.
  const dataset = role === "labelled" ? readDataset(folder) : readUnlabelled(folder, []);
  const order = random(config.seed, "augment preview sample").permutation(dataset.samples.length);
  return subset(dataset, order.slice(0, count).sort());
}

/** The images to show: the files that are named, or a few labelled ones. @throws DataError */
async function imagesOf(flags: Flags, config: Config): Promise<RgbImage[]> {
  const { root, samples } = flags.images ? { root: "", samples: [] } : sampleOf(config, "labelled", flags.count);
  const files = flags.images ?? samples.map(({ path }) => join(root, path));
  return Promise.all(files.map((file) => decodeRgb(file)));
}

async function flipsOf(flags: Flags, config: Config, run: RunDirectory, rows: readonly OperationRow[]): Promise<Flips> {
  const sample = sampleOf(config, "unlabelled", flags.sample);
  // Nothing is compared with labels, and a network of other classes must not look for them.
  const dataset = { ...sample, samples: sample.samples.map((one) => ({ ...one, label: 0 })) };
  const gpu = await openGpu(flags);
  let progress: Progress | undefined;
  try {
    const teacher = await labellingTeacher(gpu, run, config);
    log.info(`the teacher predicts ${dataset.samples.length} images ${evaluationsOf(rows)} times`);
    const options = {
      clean: cleanView(config),
      training: trainView(config),
      randAugment: config.randAugment as NonNullable<View["randAugment"]>,
      seed: config.seed,
      batchSize: evaluationBatchesOf(config, "teachers").size,
      workers: config.loader.workers,
      cache: new ImageCache(config.loader.cacheMiB * 2 ** 20),
    };
    progress = new Progress("predicting augmented images", evaluationsOf(rows), { unit: "settings" });
    return await countFlips(teacher, dataset, rows, options, () => progress!.add(1));
  } finally {
    progress?.close();
    await gpu.close();
  }
}

/** Percent by operation and magnitude. */
function printFlips(rows: readonly OperationRow[], { byOperation, byCrop, images }: Flips): void {
  const columns = rows.map(({ magnitudes }) => magnitudes).reduce((a, b) => (b.length > a.length ? b : a));
  const share = (count: number): string => String(Math.round((100 * count) / images));
  const cells = rows.map(({ name }) => {
    const shares = byOperation.get(name)!.map(share);
    return [name, ...shares, ...columns.slice(shares.length).map(() => "")];
  });
  console.log(
    `predictions that flip, in percent of ${images}, by magnitude (in the first column where there is none):`,
  );
  console.log(textTable([["operation", ...columns.map(String)], ...cells]).join("\n"));
  console.log(`the training crop and mirroring alone: ${share(byCrop)}`);
}

/** The same for a program: how many of the predictions each operation flips at each of its magnitudes. */
function flipsRecord(rows: readonly OperationRow[], { byOperation, byCrop, images }: Flips): object {
  const operations = rows.map(({ name, magnitudes }) => [name, { magnitudes, flipped: byOperation.get(name) }]);
  return { images, byCropAndMirroring: byCrop, operations: Object.fromEntries(operations) };
}

export async function preview(flags: Flags): Promise<void> {
  const { out } = flags;
  await checkWritable(out);
  const run = flags.run === undefined ? undefined : await RunDirectory.open(flags.run);
  const config = await configOf(flags, run);
  const options = config.randAugment as NonNullable<View["randAugment"]>;
  const rows = operationRows(options);
  const images = await imagesOf(flags, config);
  const flips = run ? await flipsOf(flags, config, run, rows) : null;
  const pictures = new Map<string, Buffer>();
  for (const row of rows) pictures.set(row.name, await rowPicture(images, row, options, options.order, config.seed));
  const teacher =
    flips && run ? `The teacher of ${run.path} on ${flips.images} images of ${config.data.unlabelled}.` : null;
  await writeFileWhole(out, previewPage({ options, rows, pictures, flips, teacher }));
  if (flags.json) console.log(JSON.stringify({ page: out, flips: flips && flipsRecord(rows, flips) }, null, 2));
  else if (flips) printFlips(rows, flips);
  log.success(`${rows.length} operations on ${images.length} images: ${out}`);
}
