import { basename, join, resolve } from "node:path";
import { fingerprintOf, printable } from "@fledge/data";
import { folderHolder, isThere } from "@fledge/files";
import { logText, lookersAt } from "@fledge/training";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { familyOf } from "../stages/batches.ts";
import { labellerOf } from "../stages/networks.ts";
import { averageOf } from "../stages/optimiser.ts";
import { plannedPhases } from "../stages/planned-phases.ts";
import { bestOf, latestCheckpoint, readCheckpoint } from "./checkpoints.ts";
import { isModelName, type ModelName } from "./records.ts";
import type { RunDirectory } from "./run-directory.ts";
import { shellWord } from "../cli/shell-words.mjs";

/** Of a run that begins with what another has trained. */
export const extensionFile = "extends.json";

const epochsSchema = z.object({ teacher: z.int(), pseudoLabelled: z.int(), labelled: z.int() });

const extensionSchema = z.object({
  /** The other run's folder, and its epochs. */
  run: z.string(),
  epochs: epochsSchema,
  /** The models that it begins with, after how many epochs each, and their checkpoints' hashes. */
  models: z.array(
    z.object({
      name: z.custom<ModelName>((name) => typeof name === "string" && isModelName(name), "no model of a run"),
      epochsDone: z.int(),
      checkpoint: z.string(),
      sha256: z.string(),
    }),
  ),
});

/** What a run was extended from: `extends.json` of its folder. */
export type Extension = z.infer<typeof extensionSchema>;

/** What a planned extension comes to. */
export interface PlannedExtension {
  readonly source: RunDirectory;
  readonly extension: Extension;
  /** The models that the other run has begun, and that are trained from their beginning all the same. */
  readonly anew: readonly ModelName[];
}

/** The settings other than the epochs. */
const others = ({ epochs: _epochs, ...rest }: Config): string => JSON.stringify(rest);

/** @throws UsageError where other settings differ, or no epoch is added or any taken away */
function checkEpochs(source: RunDirectory, config: Config): void {
  if (others(source.config) !== others(config))
    throw new UsageError(
      "--extend: only epochs may differ: give them with --epochs or --set epochs.labelled=, and no other setting",
    );
  const keys = ["teacher", "pseudoLabelled", "labelled"] as const;
  const fewer = keys.find((key) => config.epochs[key] < source.config.epochs[key]);
  if (fewer !== undefined)
    throw new UsageError(
      `epochs.${fewer}: ${config.epochs[fewer]} is less than the ${source.config.epochs[fewer]} of the run in ${source.path}, and --extend adds epochs: give as many or more`,
    );
  if (keys.every((key) => config.epochs[key] === source.config.epochs[key]))
    throw new UsageError(
      `--extend: the run in ${source.path} has these epochs already (${keys.map((key) => config.epochs[key]).join(",")}): give more with --epochs, or go on with it by --run ${shellWord(source.path)} --resume`,
    );
}

/** What each of a model's epochs is, in order. */
const epochsOf = (config: Config, name: ModelName): string[] =>
  plannedPhases(config, name).flatMap(({ kind, on, epochs }) =>
    Array.from({ length: epochs }, () => `${kind} on ${on}`),
  );

/** Whether the first epochs of a model's training are those that it has been through. */
function goesOn(before: Config, now: Config, name: ModelName, epochsDone = Infinity): boolean {
  const [old, longer] = [before, now].map((config) => epochsOf(config, name).slice(0, epochsDone).join());
  if (old !== longer) return false;
  if (familyOf(name) === "teachers" || now.method !== "noisy-student-lite") return true;
  return goesOn(before, now, labellerOf(now, name)); // All epochs of who teaches it.
}

/**
 * What a run of more epochs can begin with: of each model its latest checkpoint, where its epochs so far are the first
 * of the longer training, and whoever teaches it is not trained for longer. Nothing is written.
 * @param config that of the run with other epochs @throws UsageError
 */
export async function planExtension(source: RunDirectory, config: Config): Promise<PlannedExtension> {
  checkEpochs(source, config);
  const holder = await folderHolder(source.path, false);
  if (holder !== null)
    throw new UsageError(
      `--extend: the run in ${source.path} is being worked on, by ${holder}: extend it when that is over`,
    );
  const models: Extension["models"] = [];
  const anew: ModelName[] = [];
  for (const name of modelsOf(config)) {
    const kept = await latestCheckpoint(source, name);
    if (kept === undefined) continue;
    const { epochsDone } = kept.progress;
    if (goesOn(source.config, config, name, epochsDone))
      models.push({
        name,
        epochsDone,
        checkpoint: resolve(kept.file),
        sha256: (await fingerprintOf(kept.file)).sha256,
      });
    else anew.push(name);
  }
  return { source, extension: { run: resolve(source.path), epochs: source.config.epochs, models }, anew };
}

/** What a run was extended from; undefined where it began by itself. @throws UsageError where the file is damaged */
export const extensionOf = (run: RunDirectory): Promise<Extension | undefined> =>
  run.readJson(extensionFile, extensionSchema, "restore it: it says which checkpoints the run began with");

/**
 * Copies what the run is to begin with and does not hold yet; an interruption leaves it to the next command on the run.
 * @throws UsageError where a checkpoint is not there any more, or has changed
 */
export async function takeExtended(run: RunDirectory, extension: Extension): Promise<void> {
  for (const { name, checkpoint, sha256 } of extension.models) {
    const last = run.file(name, "last.safetensors");
    if (isThere(last)) continue;
    const mend = `restore it, or begin again: "--extend ${printable(extension.run)}" into another folder`;
    if (!isThere(checkpoint))
      throw new UsageError(`${printable(checkpoint)} is gone, from which this run was to go on: ${mend}`);
    if ((await fingerprintOf(checkpoint)).sha256 !== sha256)
      throw new UsageError(`${printable(checkpoint)} has changed since this run was to go on from it: ${mend}`);
    for (const who of lookersAt(averageOf(run.config))) {
      const best = bestOf(run, name, who);
      const file = basename(best);
      const from = join(extension.run, name, file);
      if (isThere(from)) await run.write(join(name, file), await readFile(from));
    }
    await run.write(join(name, "metrics.jsonl"), logText((await readCheckpoint(checkpoint)).progress.log));
    // The checkpoint comes last: with it the model counts as taken.
    await run.write(join(name, "last.safetensors"), await readFile(checkpoint));
  }
}

/** What more epochs mean for the learning rate of those that were trained already. */
function scheduleNote({ training: { schedule } }: Config): string {
  if (schedule.kind === "step")
    return "the learning rate goes by an epoch's number, so that this is the run that so many epochs would have given at first";
  return "the cosine is that of all epochs now, and those trained already went by a shorter one: another run than so many epochs would have given at first";
}

/** Tells of an extension, in a sentence. */
export function extensionText({ run, epochs, models }: Extension, config: Config): string {
  const was = [epochs.teacher, epochs.pseudoLabelled, epochs.labelled].join(",");
  const taken = models.map(({ name, epochsDone }) => `${name} after epoch ${epochsDone}`).join(", ");
  return `${printable(run)}, whose epochs were ${was}: ${taken === "" ? "nothing of it was trained" : `goes on with ${taken}`}; ${scheduleNote(config)}`;
}
