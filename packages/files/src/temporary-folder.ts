import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { FileError, isWriteFault } from "./file-error.ts";

const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";

/** What else to do where temporary files cannot be written. */
const elsewhere = (): string =>
  `temporary files lie in ${tmpdir()}: the environment variable ${variable} names another folder`;

/** A full disk makes folders, and then takes nothing into them. */
const probe = Buffer.alloc(4096);

/** Makes a new folder for temporary files. @throws FileError naming it and the variable that names another place */
export function temporaryFolder(prefix: string): string {
  const path = join(tmpdir(), prefix);
  let folder: string | undefined;
  try {
    folder = mkdtempSync(path);
    writeFileSync(join(folder, "probe"), probe);
    rmSync(join(folder, "probe"));
    return folder;
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new FileError(folder ?? path, error, elsewhere());
  }
}

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
export async function withTemporaryFolder<T>(prefix: string, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder(prefix);
  try {
    return await body(folder);
  } catch (error) {
    const failure = failureIn(folder, error);
    throw failure ? new FileError(failure.file, failure.cause, elsewhere()) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
