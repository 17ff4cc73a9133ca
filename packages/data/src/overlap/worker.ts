import { move, transferableSymbol, valueSymbol } from "piscina";
import pMap from "p-map";
import { DataError } from "../error.ts";
import { fingerprintOfFile, type Fingerprint, type Fingerprints } from "./fingerprints.ts";
import { repeatsIn, type NumberedPair, type Range } from "./pairs.ts";

/** A fingerprint, or why there is none. */
export type Read = Fingerprint | { readonly fault: string };

export type Task =
  | { readonly files: readonly string[] }
  | { readonly fingerprints: Fingerprints; readonly tile: readonly [Range, Range] };

/** How many files of a task are decoded at once, while the thread works on others' pixels. */
const filesAtOnce = 2;

/** Fingerprints of files, in order; a system's fault is thrown, an image's is told. */
export const readFiles = (files: readonly string[]): Promise<Read[]> =>
  pMap(
    files,
    async (file): Promise<Read> => {
      try {
        return await fingerprintOfFile(file);
      } catch (error) {
        if (error instanceof DataError) return { fault: error.message };
        throw error;
      }
    },
    { concurrency: filesAtOnce },
  );

/** What a thread runs. */
export default async function runTask(task: Task): Promise<unknown> {
  if ("tile" in task) return repeatsIn(task.fingerprints, task.tile) satisfies NumberedPair[];
  const read = await readFiles(task.files);
  const buffers = read.flatMap((found) => ("fault" in found ? [] : [found.picture.buffer, found.hashes.buffer]));
  return move({ [transferableSymbol]: buffers, [valueSymbol]: read });
}
