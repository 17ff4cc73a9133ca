import { existsSync } from "node:fs";
import { join } from "node:path";
import { ImageCache, matchClasses, readDataset, validateDataset, type Dataset } from "@fledge/data";
import { Gpu } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../method.ts";
import { describeEnvironment } from "../run/environment.ts";
import { RunDirectory } from "../run/run-directory.ts";
import type { Session } from "../training/session.ts";
import { configFrom, givenConfigFlags, type AdapterFlags, type ConfigFlags, type RunFlags } from "./options.ts";
import { ConsoleReporter } from "./reporter.ts";
import { log } from "./log.ts";

/** Opens the adapter that the flags ask for and names it. */
export async function openGpu({ adapter, power, software }: AdapterFlags): Promise<Gpu> {
  const gpu = await Gpu.open({ adapter, power, software });
  log.info(`computing on ${gpu.adapter.name} (${gpu.adapter.software ? "software, on the CPU" : "GPU"}; ${gpu.adapter.driver})`);
  return gpu;
}

/** @throws UsageError naming the setting, before anything long begins */
function requireFolder(folder: string, setting: "labelled" | "unlabelled"): void {
  if (existsSync(folder)) return;
  throw new UsageError(`data.${setting}: there is no folder ${folder}; give it with --${setting}, or draw the demo data with "fledge dataset make-demo demo-data"`);
}

async function withoutBroken(dataset: Dataset, run: RunDirectory): Promise<Dataset> {
  const checked = await validateDataset(dataset, run.file("data"));
  if (checked.broken.length > 0) {
    log.warn(`${dataset.name}: ${checked.broken.length} broken images set aside, listed in ${checked.manifestFile}`);
  }
  return checked.dataset;
}

/** Reads both data sets, sets broken images aside, and carries the unlabelled set's class numbers over to the labelled set's. */
async function openData(config: Config, run: RunDirectory): Promise<PaperData> {
  const labelled = await withoutBroken(readDataset(config.data.labelled), run);
  const raw = await withoutBroken(readDataset(config.data.unlabelled), run);
  const { labels, warnings } = matchClasses(raw.classes, labelled.classes);
  warnings.forEach((warning) => {
    log.warn(warning);
  });
  const samples = raw.samples.map((sample) => ({ ...sample, label: labels[sample.label]! }));
  log.info(`labelled: ${labelled.samples.length} images of ${labelled.classes.length} classes; unlabelled: ${samples.length} images`);
  return { labelled, unlabelled: { ...raw, classes: labelled.classes, samples } };
}

function requireWeights(config: Config): void {
  const { weights } = config.network;
  if (weights === null || existsSync(weights)) return;
  throw new UsageError(
    `network.weights: there is no file ${weights}. The ${config.preset} preset starts from torchvision's ResNet-50 ImageNet weights ` +
      `(IMAGENET1K_V1, as safetensors): give the file with --weights, or train from random weights with --set network.weights=null`,
  );
}

const stamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");

/** Where a new run of this configuration goes if nothing else is said. */
const defaultRunFolder = (config: Config): string => join("runs", `${config.preset}-${stamp()}`);

export interface OpenSession {
  readonly session: Session;
  readonly data: PaperData;
}

/** Everything a stage needs, opened; closes it again, whatever `body` does. */
export async function withSession<T>(
  flags: ConfigFlags & RunFlags & AdapterFlags,
  body: (open: OpenSession) => Promise<T>,
): Promise<T> {
  if (flags.resume && flags.run === undefined) throw new UsageError("--resume wants the run's folder: give it with --run");
  const resumed = flags.resume ? await RunDirectory.open(flags.run!) : undefined;
  const given = givenConfigFlags(flags);
  if (resumed && given.length > 0) {
    throw new UsageError(`${given.join(", ")}: the run in ${flags.run} keeps the settings it began with; start another run for other settings`);
  }
  const config = resumed?.config ?? configFrom(flags);
  requireWeights(config);
  requireFolder(config.data.labelled, "labelled");
  requireFolder(config.data.unlabelled, "unlabelled");
  const gpu = await openGpu(flags);
  try {
    const run = resumed ?? (await RunDirectory.create(flags.run ?? defaultRunFolder(config), config, await describeEnvironment(gpu.adapter)));
    log.info(`${resumed ? "continuing" : "writing"} the run in ${run.path}`);
    const data = await openData(config, run);
    const reporter = new ConsoleReporter();
    try {
      const cache = new ImageCache(config.loader.cacheMiB * 2 ** 20);
      return await body({ session: { gpu, run, config, classes: data.labelled.classes.length, cache, reporter }, data });
    } finally {
      reporter.close();
    }
  } finally {
    await gpu.close();
  }
}
