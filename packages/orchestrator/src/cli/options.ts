import type { AdapterOptions } from "@fledge/runtime";
import { resolveConfig, type Overrides } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

export interface AdapterFlags {
  readonly adapter?: string;
  readonly power?: GPUPowerPreference;
  readonly software: NonNullable<AdapterOptions["software"]>;
}

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

/** The preset alone. */
export const presetOf = ({ preset = "demo" }: ConfigFlags): Config => resolveConfig(preset, []);

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

export interface TuningFlags {
  readonly tune: boolean;
}

export interface AcceptanceFlags {
  readonly acceptChangedData: boolean;
  readonly acceptChangedCode: boolean;
}

export interface DryRunFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
}

export interface DeviceLossFlags {
  readonly maxDeviceLosses?: number;
}

/** The words that an interrupted command is to be given again: nothing of them is kept in the run's folder. */
export function resumedWith({
  adapter,
  power,
  software,
  tune,
  maxDeviceLosses,
  tensorboard,
}: AdapterFlags & TuningFlags & Pick<RunFlags, "maxDeviceLosses" | "tensorboard">): string[] {
  return [
    ...(adapter === undefined ? [] : ["--adapter", adapter]),
    ...(power === undefined ? [] : ["--power", power]),
    ...(software === "allow" ? [] : ["--software", software]), // As it is where nothing is said.
    ...(tune ? [] : ["--no-tune"]),
    ...(maxDeviceLosses === undefined ? [] : ["--max-device-losses", String(maxDeviceLosses)]),
    ...(tensorboard === undefined ? [] : ["--tensorboard"]),
    ...(typeof tensorboard === "string" ? [tensorboard] : []),
  ];
}

export interface RunFlags extends AcceptanceFlags, DeviceLossFlags {
  readonly tensorboard?: string | true;
  readonly run?: string;
  readonly resume: boolean;
  /** The run whose training a new one goes on with. */
  readonly extend?: string;
}
