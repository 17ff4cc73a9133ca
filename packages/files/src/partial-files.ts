import { randomInt } from "node:crypto";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileSystem } from "./file-system.ts";
import { fateOf, thisProcess } from "./process-identity.ts";

const pattern = /\.(\d+)-(\w+)-(\w+)-(\w+)-\d+\.partial$/;

/** Threads of one process each have this module, and count for themselves. */
let made = randomInt(2 ** 40);

/** A name beside a file or folder that is no one else's, and tells whose it is. */
export function partialName(file: string): string {
  const { pid, started, boot, machine } = thisProcess();
  return `${file}.${pid}-${started}-${boot}-${machine}-${made++}.partial`;
}

/** Whether a name is one of `partialName`. */
export const isPartial = (name: string): boolean => pattern.test(name);

/** Whether a name is one of `partialName`, and its process dead for certain. */
function isDead(name: string): boolean {
  const [, pid, started, boot, machine] = pattern.exec(name) ?? [];
  return machine !== undefined && fateOf({ pid: Number(pid), started: started!, boot: boot!, machine }) === "dead";
}

/**
 * Removes what processes that are dead for certain left half-written in a folder and those in it.
 * @returns how many files and folders
 */
export async function removePartials(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const dead = entries.filter(({ name }) => isDead(name));
  for (const entry of dead) {
    const path = join(entry.parentPath, entry.name);
    await (entry.isDirectory() ? rm(path, { recursive: true, force: true }) : fileSystem().remove(path));
  }
  return dead.length;
}

/** Does the same in a folder that others use too, not in those in it; what may not be removed is left. */
export function sweep(folder: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter(isDead);
  } catch {
    // It is not there yet, or only to be written to.
  }
  for (const name of names) discard(join(folder, name));
}

/** Removes a folder, of which something may still be written, at once, if it is there and may be removed. */
export function discard(folder: string): void {
  let path = folder;
  try {
    // Under another name, what is still under way cannot reach it, nor make it anew.
    path = partialName(folder);
    renameSync(folder, path);
  } catch {
    path = folder;
  }
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // It stays behind as a dead process's would.
  }
}
