import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Linux's folder in memory, where it is there: a long run writes a million files, which no disk need hold. */
function inMemory(): string {
  const folder = "/dev/shm";
  try {
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return tmpdir();
  }
}

/** A folder of this process's own, gone when it ends. */
export const scratch = mkdtempSync(join(inMemory(), "fledge-fuzz-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
