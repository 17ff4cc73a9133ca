import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { atEnd } from "./at-end.ts";
import { FileError, isWriteFault } from "./file-error.ts";
import { discard, partialName, sweep } from "./partial-files.ts";

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";

/** What else to do where temporary files cannot be written. */
const elsewhere = (): string =>
  `temporary files lie in ${tmpdir()}: the environment variable ${variable} names another folder`;

/** A full disk makes folders, and then takes nothing into them. */
const probe = Buffer.alloc(4096);

interface Made {
  readonly folder: string;
  readonly remove: () => void;
}

/** What processes that were killed left is removed first. */
function make(name: string): Made {
  sweep(tmpdir());
  const folder = partialName(join(tmpdir(), name));
  const done = atEnd(() => discard(folder));
  const remove = (): void => {
    discard(folder);
    done();
  };
  try {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, "probe"), probe);
    rmSync(join(folder, "probe"));
    return { folder, remove };
  } catch (error) {
    remove();
    throw new FileError(folder, error, elsewhere());
  }
}

/**
 * Makes a new folder for temporary files, which is gone once the process has ended.
 * @param name what its own name begins with
 * @throws FileError naming it and the variable that names another place
 */
export const temporaryFolder = (name: string): string => make(name).folder;

/** What of a folder could not be written, if that is what an error tells of. */
function failureIn(folder: string, error: unknown): { readonly file: string; readonly cause: unknown } | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof FileError && one.file.startsWith(folder + sep)) return { file: one.file, cause: one.cause };
    const { path } = one as NodeJS.ErrnoException;
    if (path?.startsWith(folder + sep) && isWriteFault(one)) return { file: path, cause: one };
  }
  return undefined;
}

/**
 * Hands `body` a new folder for temporary files, which is gone afterwards.
 * @throws FileError naming the variable that names another place, where the folder or a file in it cannot be written
 */
export async function withTemporaryFolder<T>(name: string, body: (folder: string) => Promise<T>): Promise<T> {
  const { folder, remove } = make(name);
  try {
    return await body(folder);
  } catch (error) {
    const failure = failureIn(folder, error);
    throw failure ? new FileError(failure.file, failure.cause, elsewhere()) : error;
  } finally {
    remove();
  }
}
