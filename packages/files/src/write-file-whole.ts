import { rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { atEnd } from "./at-end.ts";
import { FileError } from "./file-error.ts";
import { fileSystem } from "./file-system.ts";
import { partialName } from "./partial-files.ts";

export type Contents = string | Uint8Array | Iterable<Uint8Array>;

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** What `rename` says when the file is written, said before. */
const folderThere = (): Error => Object.assign(new Error("there is a folder of that name"), { code: "EISDIR" });

function partsOf(contents: Contents): Iterable<Uint8Array> {
  if (typeof contents === "string") return [Buffer.from(contents)];
  return contents instanceof Uint8Array ? [contents] : contents;
}

/** Makes a folder and those above it, where they are not there, each of them on the disk itself. */
async function makeFolders(path: string): Promise<void> {
  const system = fileSystem();
  try {
    await system.makeFolder(path);
  } catch (error) {
    if (isThere(error)) return; // A file in its place is found out by what is written into it.
    if (!isMissing(error) || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await system.makeFolder(path).catch((again: unknown) => {
      if (!isThere(again)) throw again;
    });
  }
  await system.syncFolder(dirname(path));
}

/** Writes a file that is not there yet, all of it, to the disk itself; where that fails, it is not there after all. */
export async function writeNew(file: string, parts: Iterable<Uint8Array>): Promise<void> {
  const open = await fileSystem().create(file);
  try {
    for (const part of parts) {
      // The system may take a part of what it is given, as a full disk does before it fails.
      for (let done = 0; done < part.length;) {
        const taken = await open.write(part, done);
        if (taken === 0) throw new Error("the system took none of what was left to write");
        done += taken;
      }
    }
    await open.sync();
    await open.close();
  } catch (error) {
    await open.close().catch(() => {}); // The first error is the one to tell.
    await remove(file);
    throw error;
  }
}

/** Removes what is of no use any more; what cannot be removed is for `removePartials` to find. */
export const remove = (file: string): Promise<void> =>
  fileSystem()
    .remove(file)
    .catch(() => {});

/** Gives the file that is there another name, if there is one. @returns whether there was one */
async function setAside(file: string, name: string): Promise<boolean> {
  try {
    await fileSystem().rename(file, name);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Makes a folder that is not there, and those above it, lastingly. @throws FileError naming it */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    throw new FileError(path, error);
  }
}

/**
 * Writes a file whole or not at all: to a name of its own in the same folder, synced, then renamed, then the folder
 * synced. A reader sees what was there before or all that is new, whoever else writes the file and whenever the power
 * fails; what was written before is on the disk before what is written after. Folders that are not there are made.
 * @param contents text, bytes, or bytes in parts that follow one another in the file
 * @param previous the name that what was there before is kept under; there is a moment when only this one is there
 * @throws FileError naming the file; what was there before is still there, and nothing is left beside it
 */
export async function writeFileWhole(file: string, contents: Contents, previous?: string): Promise<void> {
  const system = fileSystem();
  const partial = partialName(file);
  const done = atEnd(() => rmSync(partial, { force: true }));
  try {
    await makeFolders(dirname(file));
    await writeNew(partial, partsOf(contents));
    const kept = previous !== undefined && (await setAside(file, previous));
    try {
      await system.rename(partial, file);
    } catch (error) {
      if (kept) await system.rename(previous, file).catch(() => {});
      throw error;
    }
    await system.syncFolder(dirname(file));
  } catch (error) {
    await remove(partial);
    throw new FileError(file, error);
  } finally {
    done();
  }
}

/** Finds out whether a file could be written, before what it is to hold is made. @throws FileError */
export async function checkWritable(file: string): Promise<void> {
  const partial = partialName(file);
  const done = atEnd(() => rmSync(partial, { force: true }));
  try {
    if ((await stat(file).catch(() => undefined))?.isDirectory()) throw folderThere();
    await makeFolders(dirname(file));
    await writeNew(partial, []);
  } catch (error) {
    throw new FileError(file, error);
  } finally {
    await remove(partial);
    done();
  }
}
