import { InvalidArgumentError, Option, type Command } from "commander";
import type { AdapterOptions } from "@fledge/runtime";
import { parseAssignment, resolveConfig, type Overrides } from "../config/resolve.ts";
import { presets, shortNames } from "../config/presets.ts";
import type { Config } from "../config/schema.ts";

/** Parses a whole number of at least `least`; anything else is a usage error that shows what was given. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`"${text}" is no whole number of at least ${least}`);
    }
    return value;
  };

/** Collects the values of an option that may be given more than once. */
export const repeatable =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, parse(text)];

/** Which adapter to compute on. */
export const withAdapter = (command: Command): Command =>
  command
    .addOption(
      new Option("--adapter <name>", "compute on the adapter whose name holds this text").helpGroup("Adapter:"),
    )
    .addOption(
      new Option("--power <preference>", "prefer a fast or a frugal adapter")
        .choices(["high-performance", "low-power"])
        .helpGroup("Adapter:"),
    )
    .addOption(
      new Option("--software <rule>", "whether an adapter that computes on the CPU will do")
        .choices(["allow", "forbid", "require"])
        .default("allow")
        .helpGroup("Adapter:"),
    );

export interface AdapterFlags {
  readonly adapter?: string;
  readonly power?: GPUPowerPreference;
  readonly software: NonNullable<AdapterOptions["software"]>;
}

/** Where the images lie: those of a new run, or where those of an old one were moved to. */
export const withData = (command: Command): Command =>
  command
    .option("--labelled <dir>", "folder of CUB-200 (2010), the labelled images")
    .option("--unlabelled <dir>", "folder of CUB-200-2011, the images that the teacher labels");

/** What to train on and how. */
export const withConfig = (command: Command): Command =>
  withData(command)
    .addOption(
      new Option(
        "--preset <name>",
        "the settings to start from (default: demo); paper is short for paper-text",
      ).choices([...Object.keys(presets), ...Object.keys(shortNames)]),
    )
    .option("--weights <file>", "pretrained ResNet weights with torchvision's names, safetensors or PyTorch's .pth")
    .option("--seed <n>", "seed of weights, order, crops and augmentation", wholeNumber(0))
    .option("--batch-size <n>", "images per step", wholeNumber(2))
    .option(
      "--epochs <teacher,pseudo,labelled>",
      "epochs of the teacher and of the students' two phases, as 100,50,50",
      parseEpochs,
    )
    .option("--workers <n>", "loader threads; 0 loads on the main one", wholeNumber(0))
    .option(
      "--set <key=value>",
      "any other setting, as --set training.learningRate=0.02; may be repeated",
      repeatable(parseAssignment),
    );

export interface ConfigFlags {
  readonly preset?: string;
  readonly labelled?: string;
  readonly unlabelled?: string;
  readonly weights?: string;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly epochs?: Config["epochs"];
  readonly workers?: number;
  readonly set?: readonly Overrides[];
}

function parseEpochs(text: string): Config["epochs"] {
  const parts = text.split(",");
  if (parts.length !== 3) throw new InvalidArgumentError(`"${text}" are not three counts; for example 100,50,50`);
  return {
    teacher: wholeNumber(1)(parts[0]!),
    pseudoLabelled: wholeNumber(0)(parts[1]!),
    labelled: wholeNumber(1)(parts[2]!),
  };
}

const configFlags = [
  "preset",
  "labelled",
  "unlabelled",
  "weights",
  "seed",
  "batchSize",
  "epochs",
  "workers",
  "set",
] as const;

/** These name files, and may lead a run to where they were moved. */
const placeFlags: readonly string[] = ["labelled", "unlabelled", "weights"];

/** The flags of settings proper that were given, as they are typed. */
export const givenConfigFlags = (flags: ConfigFlags): string[] =>
  configFlags
    .filter((name) => flags[name] !== undefined && !placeFlags.includes(name))
    .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);

/** The preset with the flags laid over it. */
export function configFrom(flags: ConfigFlags): Config {
  return resolveConfig(flags.preset ?? "demo", [
    {
      seed: flags.seed,
      data: { labelled: flags.labelled, unlabelled: flags.unlabelled },
      network: { weights: flags.weights },
      training: { batchSize: flags.batchSize },
      epochs: flags.epochs,
      loader: { workers: flags.workers },
    },
    ...(flags.set ?? []),
  ]);
}

/** Which form of a study, and where it is kept. */
export const withStudy = (command: Command): Command =>
  command
    .option("--scale <name>", "one of the smaller or larger forms that the file names")
    .option("--study <dir>", "where its runs and its page are kept; studies/<name>-<scale> if not given");

/** Whether a new run's kernels are timed. */
export const withTuning = (command: Command): Command =>
  command.option("--no-tune", "run every kernel's default rung: time none, and leave what was timed before unread");

export interface TuningFlags {
  readonly tune: boolean;
}

/** Whether a run goes on with inputs or a program that are not those it began with. */
export const withAcceptance = (command: Command): Command =>
  command
    .option("--accept-changed-data", "go on though images or weights are not those that the run began with", false)
    .option("--accept-changed-code", "go on though the program is not the one that the run began with", false);

export interface AcceptanceFlags {
  readonly acceptChangedData: boolean;
  readonly acceptChangedCode: boolean;
}

/** Where the run is kept. */
export const withRun = (command: Command): Command =>
  withAcceptance(command)
    .option("--run <dir>", "folder of the run; new runs get runs/<preset>-<date>-<random> by default")
    .option("--resume", "continue the run in --run where it stopped", false)
    .option(
      "--max-device-losses <n>",
      `how often a run goes on by itself after its device was lost (default: ${defaultDeviceLosses})`,
      wholeNumber(0),
    );

/** Whether a run's cost is told, and nothing run. */
export const withDryRun = (command: Command): Command =>
  command
    .option("--dry-run", "tell what the run costs, with a few steps measured on this adapter, and stop there", false)
    .option("--json", "with --dry-run: as JSON", false);

export interface DryRunFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** How often a command goes on after a loss where it is not told. */
export const defaultDeviceLosses = 3;

export interface DeviceLossFlags {
  readonly maxDeviceLosses?: number;
}

export interface RunFlags extends AcceptanceFlags, DeviceLossFlags {
  readonly run?: string;
  readonly resume: boolean;
}
