import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileSystem } from "./file-system.ts";
import { fateOf, thisProcess } from "./process-identity.ts";

const pattern = /\.(\d+)-(\w+)-(\w+)-(\w+)-\d+\.partial$/;

let made = 0;

/** A name beside a file that is no one else's, and tells whose it is. */
export function partialName(file: string): string {
  const { pid, started, boot, machine } = thisProcess();
  return `${file}.${pid}-${started}-${boot}-${machine}-${made++}.partial`;
}

/** Whether a name is one of `partialName`. */
export const isPartial = (name: string): boolean => pattern.test(name);

/** Removes what processes that are dead for certain left half-written in a folder and those in it. @returns how many files */
export async function removePartials(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const dead = entries.filter((entry) => {
    const [, pid, started, boot, machine] = pattern.exec(entry.name) ?? [];
    return machine !== undefined && fateOf({ pid: Number(pid), started: started!, boot: boot!, machine }) === "dead";
  });
  for (const { parentPath, name } of dead) await fileSystem().remove(join(parentPath, name));
  return dead.length;
}
