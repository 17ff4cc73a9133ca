import { fileSystem, isThere } from "@fledge/files";
import {
  checksumKey,
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
  type StoredTensor,
} from "@fledge/safetensors";
import {
  CheckpointError,
  logText,
  progressOf,
  type Checkpoint,
  type Progress,
  type WeightsFor,
} from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import type { ModelName } from "./records.ts";
import type { RunDirectory } from "./run-directory.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

const lastOf = (run: RunDirectory, model: ModelName): string => run.file(model, "last.safetensors");
const previousOf = (run: RunDirectory, model: ModelName): string => run.file(model, "previous.safetensors");
const bestFiles: Readonly<Record<WeightsFor, string>> = {
  evaluated: "best.safetensors",
  teacher: "best-teacher.safetensors",
};

/** The file of a model's best weights: those that are evaluated, or those that label. */
export const bestOf = (run: RunDirectory, model: ModelName, who: WeightsFor): string => run.file(model, bestFiles[who]);

/** A checkpoint as the run holds it. */
export interface KeptCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Its file, for messages. */
  readonly file: string;
  readonly progress: Progress;
  /** What is wrong with a later one, which this one stands in for. */
  readonly insteadOf?: string;
}

/** Reads a file that a run's training wrote. @throws SafetensorsError where it is not as it was written */
async function readWritten(file: string): Promise<Checkpoint> {
  const read = await readSafetensors(file);
  if (read.metadata[checksumKey] !== undefined) return read;
  throw new SafetensorsError(
    `${file}: it has no checksum: it is damaged, or of an earlier version of Fledge, whose runs this one cannot go on with`,
  );
}

/** The files of a model's checkpoints, the latest first; each may be there or not. */
export const checkpointFiles = (run: RunDirectory, model: ModelName): string[] => [
  lastOf(run, model),
  previousOf(run, model),
];

/** @throws SafetensorsError where the file is not as it was written */
export async function readCheckpoint(file: string): Promise<KeptCheckpoint> {
  const checkpoint = await readWritten(file);
  return { checkpoint, file, progress: progressOf(checkpoint, file) };
}

/** A file that is there and sound, but cannot be read at this moment, is not given up. */
function isDamage(error: unknown): error is SafetensorsError | CheckpointError {
  if (error instanceof CheckpointError) return true;
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  return error instanceof SafetensorsError && (code === undefined || code === "EIO" || !/^E[A-Z]+$/.test(code));
}

/** How to lose nothing but time. */
const trainAgain = (run: RunDirectory, model: ModelName): string =>
  `remove ${run.file(model)} to train this model again from its beginning, which gives the same weights`;

/**
 * A model's latest checkpoint that is as it was written; undefined where none was kept yet. Changes nothing.
 * @throws UsageError where there are some and all of them are damaged
 */
export async function latestCheckpoint(run: RunDirectory, model: ModelName): Promise<KeptCheckpoint | undefined> {
  const damages: string[] = [];
  for (const file of checkpointFiles(run, model)) {
    if (!isThere(file)) continue;
    try {
      const kept = await readCheckpoint(file);
      return damages.length === 0 ? kept : { ...kept, insteadOf: damages[0]! };
    } catch (error) {
      if (!isDamage(error)) throw error;
      damages.push(error.message);
    }
  }
  if (damages.length === 0) return undefined;
  throw new UsageError(`${damages.join("; ")}. There is no other checkpoint: ${trainAgain(run, model)}`);
}

/** What is wrong with a log that should be `text`; null where nothing is. @param found undefined where it is not there */
export function faultOfLog(found: string | undefined, text: string): string | null {
  if ((found ?? "") === text) return null;
  if (found === undefined) return "is missing";
  if (found !== "" && !found.endsWith("\n")) return "ends in a line that was cut short";
  return "is not what the checkpoint says was logged";
}

/**
 * `latestCheckpoint`, with the model's files made to agree with it: the log is what the checkpoint says was logged, and
 * a checkpoint that stands in for a damaged one takes its place, lest the next one's writing sets the damaged one aside
 * in its stead.
 * @param tell is told of each file that was not as it should be
 * @throws UsageError as `latestCheckpoint` does, FileError where a file cannot be written
 */
export async function takeUpCheckpoint(
  run: RunDirectory,
  model: ModelName,
  tell: (what: string) => void,
): Promise<KeptCheckpoint | undefined> {
  const kept = await latestCheckpoint(run, model);
  if (kept?.insteadOf !== undefined) {
    tell(`${kept.insteadOf}. The checkpoint before it is sound: going on after epoch ${kept.progress.epochsDone}`);
    await fileSystem().rename(previousOf(run, model), lastOf(run, model));
    await fileSystem().syncFolder(run.file(model));
  }
  const log = `${model}/metrics.jsonl`;
  const text = logText(kept?.progress.log ?? []);
  const fault = faultOfLog(await run.read(log), text);
  if (fault !== null) {
    tell(`${run.file(log)} ${fault}: it is written again from ${kept?.file ?? "the start, for no epoch is kept"}`);
    await run.write(log, text);
  }
  return kept;
}

/** Keeps a checkpoint, and the one before it until the next; then writes the log that it carries. @throws FileError */
export async function keepCheckpoint(
  run: RunDirectory,
  model: ModelName,
  { tensors, metadata }: Checkpoint,
  { log }: Progress,
): Promise<void> {
  await run.checkOwner();
  await writeSafetensors(lastOf(run, model), tensors, metadata, previousOf(run, model));
  await run.write(`${model}/metrics.jsonl`, logText(log));
}

/** Keeps a model's best weights, which torchvision's `load_state_dict` takes. @throws FileError */
export async function keepBest(
  run: RunDirectory,
  model: ModelName,
  tensors: Tensors,
  epoch: number,
  who: WeightsFor = "evaluated",
): Promise<void> {
  await run.checkOwner();
  await writeSafetensors(bestOf(run, model, who), tensors, { format: "pt", model, epoch: String(epoch) });
}

/**
 * A model's best weights, and the file that they come from.
 * @throws UsageError where they are not there, not as they were written, or not those that the checkpoint tells of
 */
export async function bestWeights(
  run: RunDirectory,
  model: ModelName,
  { best }: Pick<Progress, "best">,
  who: WeightsFor = "evaluated",
): Promise<{ readonly file: string; readonly tensors: Tensors }> {
  const file = bestOf(run, model, who);
  try {
    const { tensors, metadata } = await readWritten(file);
    if (metadata["model"] === model && metadata["epoch"] === String(best?.epoch)) return { file, tensors };
    throw new SafetensorsError(
      `${file}: it holds epoch ${metadata["epoch"]} of ${metadata["model"]}, and the best epoch of ${model} is ${best?.epoch}`,
    );
  } catch (error) {
    if (!isDamage(error) && !/no such file/.test((error as Error).message)) throw error;
    throw new UsageError(`${(error as Error).message}. Restore it, or ${trainAgain(run, model)}`);
  }
}
