import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { endingSignals, exitCodeOf, isThere, makeFolder, type EndingSignal } from "@fledge/files";
import { ImageCache } from "@fledge/data";
import { DeviceAugmenter } from "@fledge/training";
import type { Gpu } from "@fledge/runtime";
import { checkCounts, countsOf } from "../stages/check-counts.ts";
import { UsageError, withOverrides } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { doneOf } from "../cost/done.ts";
import { runCost, type RunCost } from "../cost/run-cost.ts";
import { summaryOf } from "../cost/summary.ts";
import { modelsIn, type Scope } from "../cost/work.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { choicesOf, writeKernels, type KernelRecord } from "../run/kernels-file.ts";
import { describeEnvironment, recordResume } from "../run/environment.ts";
import { pinInputs, readPins, withPinnedPlaces, writePins, type Pins } from "../run/pins.ts";
import { CostKeeper } from "../run/cost-file.ts";
import { LiveFile } from "../run/live-file.ts";
import type { ModelName } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import {
  extensionFile,
  extensionOf,
  extensionText,
  planExtension,
  takeExtended,
  type PlannedExtension,
} from "../run/extension.ts";
import { keepUsedLabels } from "../run/used-labels.ts";
import { withoutTestOverlap } from "../run/test-overlap.ts";
import { checkWeights } from "../stages/check-weights.ts";
import { initialWeights, sizeOf } from "../stages/networks.ts";
import { whereToGetWeights } from "../stages/initial-weights.ts";
import type { Reporter, Session } from "../stages/session.ts";
import { checkInputs } from "./check-inputs.ts";
import { costLine } from "./cost-text.ts";
import { findData, requireUnlabelled, withoutBroken } from "./data.ts";
import {
  configFrom,
  givenConfigFlags,
  resumedWith,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "./options.ts";
import { onDevices } from "./device-losses.ts";
import { kernelsOf } from "./choose-kernels.ts";
import { ConsoleReporter } from "./reporter.ts";
import { reportingTo } from "./reporters.ts";
import { commandLineOf, shellWord } from "./shell-words.mjs";
import type { TensorBoardLog } from "../tensorboard/tensorboard-log.ts";
import { log } from "./log.mjs";
import { overlapProgress } from "./overlap-progress.ts";
import { Progress } from "./progress.ts";

/** @throws UsageError where a file of weights that models start from is not there */
export function requireWeights(config: Config, resumed: RunDirectory | undefined): void {
  const missing = initialWeights(config).find(({ file }) => !isThere(file));
  if (!missing) return;
  const { key, file: weights, choice } = missing;
  if (resumed) {
    throw new UsageError(
      `${key}: there is no file ${weights}, from which the run in ${resumed.path} began. ` +
        (choice.generation === null ? "Put it back, or name its new place by going on with --weights" : "Put it back"),
    );
  }
  if (choice.generation !== null)
    throw new UsageError(
      `${key}: there is no file ${weights}. Name the ${sizeOf(choice)} that generation ${choice.generation} starts from, or null for random weights`,
    );
  throw new UsageError(
    `network.weights: there is no file ${weights}. The ${config.preset} preset starts from ${whereToGetWeights}. ` +
      "Give the file with --weights, or train from random weights with --set network.weights=null",
  );
}

const stamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");

/** Where a new run of this configuration goes if nothing else is said: several may begin in one second. */
const defaultRunFolder = (config: Config): string =>
  join("runs", `${config.preset}-${stamp()}-${randomBytes(3).toString("hex")}`);

export interface OpenSession {
  readonly session: Session;
  readonly data: PaperData;
}

interface Settled {
  /** The run to go on with, if any. */
  readonly resumed: RunDirectory | undefined;
  readonly config: Config;
  /** What `resumed`, or the run that is extended, began with, where it says so. */
  readonly pins?: Pins | undefined;
  /** What a new run begins with of another. */
  readonly extended?: PlannedExtension;
}

/** What a command needs beyond images. */
export interface Needs {
  /** Whether models that start from the initial weights may be trained. */
  readonly initialWeights: (config: Config) => boolean;
  /** What of `fledge` goes on with a run that it has begun; where it does not say, the same command does. */
  readonly goesOn?: string;
  /** Which part of a run it does, where its cost is told before it begins. */
  readonly scope?: (config: Config) => Scope;
  /** The students whose images are labelled, where it trains none of them. */
  readonly labelsFor?: readonly ModelName[];
  /** Looks at what else the command reads, before anything is written. @throws what there is to say of it */
  readonly look?: (asked: { config: Config; pins: Pins; run: RunDirectory | undefined }) => Promise<unknown>;
}

/** The resumed run's configuration, with its images and weights where they lie now. */
function placed({ config }: Pick<RunDirectory, "config">, pins: Pins | undefined, flags: ConfigFlags): Config {
  const { data, network, ...others } = pins ? withPinnedPlaces(config, pins) : config;
  const { labelled = data.labelled, unlabelled = data.unlabelled, weights = network.weights } = flags;
  return { ...others, data: { ...data, labelled, unlabelled }, network: { ...network, weights } };
}

/** A new run that begins with what another has trained, under its settings with more epochs. @throws UsageError */
async function settleExtension(flags: ConfigFlags & RunFlags, path: string): Promise<Settled> {
  const refused = givenConfigFlags(flags).filter((flag) => flag !== "--epochs" && flag !== "--set");
  if (refused.length > 0)
    throw new UsageError(
      `${refused.join(", ")}: the run in ${path} is extended by epochs; leave all other settings out`,
    );
  const source = await RunDirectory.open(path);
  if (flags.weights !== undefined && source.config.network.weights === null)
    throw new UsageError(`--weights: the run in ${path} began with random weights, and --extend adds epochs alone`);
  const config = withOverrides(
    source.config,
    [{ epochs: flags.epochs }, ...(flags.set ?? [])],
    `the settings of ${path} with your epochs`,
  );
  const pins = await readPins(source);
  if (!pins)
    throw new UsageError(`${path} has no inputs.json, which says what it was trained on: it cannot be extended`);
  const extended = await planExtension(source, config);
  return { resumed: undefined, config: placed({ config }, pins, flags), pins, extended };
}

/** What the flags ask for. @param only "read" leaves a resumed run to whoever has it @throws UsageError */
export async function settle(flags: ConfigFlags & RunFlags, only?: "read"): Promise<Settled> {
  if (flags.resume && flags.extend !== undefined)
    throw new UsageError("--extend: it begins a new run; an interrupted one goes on with --run and --resume alone");
  if (!flags.resume) {
    // Before anything is said of images that the preset names and that run does not use.
    if (flags.run !== undefined && isThere(join(flags.run, "config.json")))
      throw new UsageError(`${flags.run} holds a run: continue it with --resume, or give another folder with --run`);
    if (flags.extend !== undefined) return settleExtension(flags, flags.extend);
    return { resumed: undefined, config: configFrom(flags) };
  }
  if (flags.run === undefined) throw new UsageError("--resume wants the run's folder: give it with --run");
  const given = givenConfigFlags(flags);
  if (given.length > 0) {
    throw new UsageError(
      `${given.join(", ")}: the run in ${flags.run} keeps the settings it began with; start another run for other settings`,
    );
  }
  const resumed = await RunDirectory.open(flags.run);
  if (only !== "read") await resumed.lock();
  if (flags.weights !== undefined && resumed.config.network.weights === null)
    throw new UsageError(`--weights: the run in ${flags.run} began with random weights; start another run`);
  const pins = await readPins(resumed);
  if (!pins)
    log.warn(`${flags.run} has no inputs.json: the images and weights that are there now are taken for its own`);
  return { resumed, config: placed(resumed, pins, flags), pins };
}

/** Runs `body` with a reporter on the console; Ctrl-C and TERM end the process with a word on how to go on. */
async function reporting<T>(
  {
    live,
    cost,
    tensorBoard,
    goOn,
  }: {
    readonly live: LiveFile;
    readonly cost: RunCost | undefined;
    readonly tensorBoard: TensorBoardLog | undefined;
    readonly goOn: string;
  },
  body: (reporter: Reporter) => Promise<T>,
): Promise<T> {
  const reporter = new ConsoleReporter();
  if (cost) reporter.costs(cost);
  const interrupt = (signal: EndingSignal): void => {
    reporter.close();
    log.warn(`interrupted: ${goOn}`);
    process.exit(exitCodeOf(signal));
  };
  for (const signal of endingSignals) process.once(signal, interrupt);
  try {
    return await body(reportingTo([reporter, live, ...(tensorBoard ? [tensorBoard] : [])]));
  } finally {
    for (const signal of endingSignals) process.off(signal, interrupt);
    await tensorBoard?.drained();
    reporter.close();
  }
}

/** The inputs as they are now, every image read, which of a large data set on a slow disk takes minutes. */
async function pinned(
  config: Config,
  found: PaperData,
  options: { readonly before: Pins | undefined; readonly weights: boolean },
): Promise<Pins> {
  const progress = new Progress("reading the images", found.labelled.samples.length + found.unlabelled.samples.length);
  return pinInputs(config, found, { ...options, onImage: () => progress.add(1) }).finally(() => progress.close());
}

/** Tries the weights that a new run's models start from, and names them. @throws UsageError */
async function tryWeights(gpu: Gpu, config: Config, classes: number): Promise<void> {
  for (const initial of await checkWeights(gpu, config, classes)) log.info(`starting from ${initial}`);
}

/** The run that is gone on with, or a new folder of its own; the kernels and where it computes are written down in it. */
async function openRun(
  { resumed, config, extended }: Settled,
  folder: string | undefined,
  gpu: Gpu,
  kernels: readonly KernelRecord[],
  pins: Pins,
): Promise<RunDirectory> {
  const environment = await describeEnvironment(gpu.adapter, config.training.precision);
  const begin = async (run: RunDirectory): Promise<void> => {
    await writeKernels(run, kernels);
    await writePins(run, pins);
    if (extended) await run.writeJson(extensionFile, extended.extension);
  };
  const run = resumed ?? (await RunDirectory.create(folder ?? defaultRunFolder(config), config, environment, begin));
  if (resumed) {
    await begin(resumed);
    // A run that had no unlabelled images takes those that it is given; inputs.json, which names them too, comes first.
    if (resumed.config.data.unlabelled === null && config.data.unlabelled !== null)
      await resumed.amend({ ...resumed.config, data: { ...resumed.config.data, unlabelled: config.data.unlabelled } });
    await recordResume(resumed, environment);
  }
  log.info(`${resumed ? "continuing" : "writing"} the run in ${run.path}`);
  const extension = await extensionOf(run);
  if (extension) {
    log.info(`extends ${extensionText(extension, config)}`);
    await takeExtended(run, extension);
  }
  for (const name of extended?.anew ?? [])
    log.warn(
      `${name} is trained from its beginning: its epochs so far are not the first of the longer training, or its teacher changes`,
    );
  return run;
}

/** The images that can be decoded and, where the settings say so, show no test image. */
async function usableData(config: Config, found: PaperData, run: RunDirectory): Promise<PaperData> {
  const data = await withoutBroken(found, run);
  await keepUsedLabels(run, data.labelled);
  if (!config.data.removeTestOverlap || config.data.unlabelled === null) return data;
  log.info("looking for test images among the unlabelled ones");
  const { onProgress, stop } = overlapProgress();
  const { data: kept, removed } = await withoutTestOverlap(config, data, run, onProgress).finally(stop);
  checkCounts(config, ...countsOf(config, kept));
  log.info(
    `${removed} unlabelled images left out because a test image shows the same picture, listed in ${run.file("overlap.json")}`,
  );
  return kept;
}

/** Where the run's course is written for TensorBoard; undefined where that is not asked for. @throws FileError */
async function tensorBoardOf({ tensorboard }: RunFlags, run: RunDirectory): Promise<TensorBoardLog | undefined> {
  if (tensorboard === undefined) return undefined;
  const folder = tensorboard === true ? run.file("tensorboard") : tensorboard;
  await makeFolder(folder);
  log.info(`TensorBoard's files go into ${folder}: tensorboard --logdir ${shellWord(folder)}`);
  // Protobuf's library is for who asks for it.
  const { TensorBoardLog } = await import("../tensorboard/tensorboard-log.ts");
  return new TensorBoardLog(folder, run.config, (problem) => log.warn(problem));
}

/** Says what is ahead, before it begins. */
async function tellCost(
  { gpu, run, config, choices }: Omit<Session, "reporter">,
  data: PaperData,
  scope: Scope,
): Promise<RunCost> {
  const cost = runCost({ gpu, config, data, choices, done: await doneOf(run), scope });
  log.info(costLine(summaryOf(cost)));
  return cost;
}

/** What augments images on the device; says so, and where decoded images find no room there. */
function openAugmenter(gpu: Gpu, { loader: { deviceImagesMiB } }: Config, cache: ImageCache): DeviceAugmenter {
  log.info(
    `images are cropped and augmented on ${gpu.adapter.name}, which keeps up to ${deviceImagesMiB} MiB of decoded images ` +
      "(loader.deviceImagesMiB) beside what the steps take; corrupted and perturbed views are rendered on the CPU",
  );
  const onFull = (images: number, sizeBytes: number): void => {
    log.info(
      `the device keeps ${images} decoded images in ${Math.round(sizeBytes / 2 ** 20)} MiB (loader.deviceImagesMiB); ` +
        "all others are uploaded for each batch",
    );
  };
  return new DeviceAugmenter(gpu, { maxImageBytes: deviceImagesMiB * 2 ** 20, cache, onFull });
}

/**
 * Everything a stage needs, opened step by step; closes it again, whatever `body` does. A run's folder appears only
 * when settings, counts of images, weights and kernels are in order; which images can be decoded is written into it.
 * The run is this process's alone meanwhile.
 */
export async function withSession<T>(
  flags: ConfigFlags & RunFlags & TuningFlags & AdapterFlags,
  body: (open: OpenSession) => Promise<T>,
  needs: Needs = { initialWeights: () => true },
): Promise<T> {
  const settled = await settle(flags);
  const { resumed, config, pins: before } = settled;
  const weights = needs.initialWeights(config);
  const again = ({ path }: RunDirectory): string =>
    `"npx fledge ${needs.goesOn} ${commandLineOf(["--run", path, "--resume", ...resumedWith(flags)])}"`;
  const goOn = (of: RunDirectory): string =>
    `${needs.goesOn === undefined || flags.resume ? "the same command" : again(of)} goes on where it stopped`;
  let run = resumed;
  let opened: RunDirectory | undefined;
  let data: PaperData | undefined;
  try {
    if (weights) requireWeights(config, resumed);
    requireUnlabelled(config, needs.labelsFor ?? (needs.scope ? modelsIn(config, needs.scope(config)) : []));
    const found = findData(config);
    const pins = await pinned(config, found, { before, weights });
    const accepted = checkInputs(before, pins, flags);
    await needs.look?.({ config: resumed?.config ?? config, pins, run: resumed });
    const classes = found.labelled.classes.length;
    const cache = new ImageCache(config.loader.cacheMiB * 2 ** 20);
    const compute = async (gpu: Gpu): Promise<T> => {
      if (!run) await tryWeights(gpu, config, classes);
      const kernels = await kernelsOf(gpu, config, classes, run ?? settled.extended?.source, flags.tune);
      run = opened ??= await openRun(settled, flags.run, gpu, kernels, accepted);
      const live = new LiveFile(opened, (problem) => log.warn(problem));
      let augmenter: DeviceAugmenter | undefined;
      try {
        data ??= await usableData(config, found, opened);
        augmenter = config.loader.augmentOn === "device" ? openAugmenter(gpu, config, cache) : undefined;
        const session = { gpu, run: opened, config, classes, cache, augmenter, choices: choicesOf(kernels) };
        const cost = needs.scope && (await tellCost(session, data, needs.scope(config)));
        const tensorBoard = await tensorBoardOf(flags, opened);
        const used = await CostKeeper.begin(opened, cost && summaryOf(cost), (problem) => log.warn(problem));
        const keepCost = (): Promise<void> => used.keep();
        const result = await reporting({ live, cost, tensorBoard, goOn: goOn(opened) }, (reporter) =>
          body({ session: { ...session, reporter, keepCost }, data: data! }),
        );
        await used.keep();
        return result;
      } catch (error) {
        // A command that was wrongly asked for, or that trains nothing, says nothing of how far the run is.
        if (needs.scope && !(error instanceof UsageError))
          live.failed((error as Error).message, `${again(opened)} tries it again`);
        throw error;
      } finally {
        augmenter?.release();
      }
    };
    return await onDevices(flags, compute, () => (run ? goOn(run) : "Nothing was written: begin again"));
  } finally {
    run?.release();
  }
}
