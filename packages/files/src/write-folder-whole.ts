import { rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { atEnd } from "./at-end.ts";
import { discard, partialName, sweep } from "./partial-files.ts";
import { makeFolder } from "./write-file-whole.ts";

/**
 * Has a new folder filled beside `target`, which then gets its name: it appears whole or not at all, also where a signal
 * ends the process. What processes that were killed left beside it is removed first.
 * @param target is not there, or an empty folder
 * @throws FileError where the folder cannot be made, the system's error where it cannot get its name
 */
export async function writeFolderWhole<T>(target: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const path = resolve(target);
  sweep(dirname(path));
  const work = partialName(join(dirname(path), `.${basename(path)}`));
  const done = atEnd(() => discard(work));
  try {
    await makeFolder(work);
    const filled = await fill(work);
    await rename(work, path);
    return filled;
  } catch (error) {
    discard(work);
    throw error;
  } finally {
    done();
  }
}
