import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import pMap from "p-map";
import { sampleFile, type Dataset } from "./dataset.ts";
import { systemPath } from "./file-name.ts";
import { isSystemFault, UnreadableError } from "./unreadable.ts";

/** A file's content, and what changes whenever somebody writes to it. */
export interface FileFingerprint {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The time of the latest change of the file's inode, which nobody sets back as a copying tool sets `modifiedMs`. */
  readonly changedMs: number;
  /** In hexadecimal digits; "unreadable" where there is no such file. */
  readonly sha256: string;
}

/** Files below this size are read at once. */
const wholeBytes = 2 ** 24;

/** A file's fingerprint; where size and times are those of `known`, so is the hash, and nothing is read. @throws UnreadableError */
export async function fingerprintOf(file: string, known?: FileFingerprint): Promise<FileFingerprint> {
  try {
    const found = await stat(systemPath(file));
    if (!found.isFile()) throw new Error("a pipe would never end");
    const { size: sizeBytes, mtimeMs: modifiedMs, ctimeMs: changedMs } = found;
    const stamp = { sizeBytes, modifiedMs, changedMs };
    const same = known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs && known.changedMs === changedMs;
    if (same) return known;
    const hash = createHash("sha256");
    // A stream for each of thousands of small files takes several times as long as reading them whole.
    if (sizeBytes < wholeBytes) hash.update(await readFile(systemPath(file)));
    else for await (const chunk of createReadStream(systemPath(file))) hash.update(chunk as Buffer);
    return { ...stamp, sha256: hash.digest("hex") };
  } catch (error) {
    if (isSystemFault(error)) throw new UnreadableError(file, error);
    return { sizeBytes: 0, modifiedMs: 0, changedMs: 0, sha256: "unreadable" };
  }
}

/**
 * The fingerprint of every sample's file, in order; `known` by path saves reading what has not been touched.
 * @param onImage called after each
 */
export function fingerprintsOf(
  dataset: Dataset,
  known: ReadonlyMap<string, FileFingerprint> = new Map(),
  onImage: () => void = () => {},
): Promise<FileFingerprint[]> {
  const print = async (sample: Dataset["samples"][number]) => {
    const found = await fingerprintOf(sampleFile(dataset, sample), known.get(sample.path));
    onImage();
    return found;
  };
  return pMap(dataset.samples, print, { concurrency: 8 });
}
