import { createReadStream, type Stats } from "node:fs";
import { statIfThere } from "@fledge/files";
import { DataError } from "./error.ts";
import { systemPath } from "./file-name.ts";

/** What to do, by what the system says of a file that it does not let be read. */
const mends: Readonly<Record<string, string>> = {
  EACCES: "Change its permissions, or those of the folders above it",
  EPERM: "Change its permissions, or those of the folders above it",
  EMFILE: "Raise the limit of open files that `ulimit -n` shows",
  ENFILE: "Close some of this machine's open files",
  ENOMEM: "Free memory",
  EIO: "Check the disk",
  ESTALE: "Mount the shared disk again",
  EINTR: "Try again",
};

/** True for an error of the system that is no fault of the data: what cannot be read now may be sound. */
export const isSystemFault = (error: unknown): boolean =>
  error instanceof Error && ((error as NodeJS.ErrnoException).code ?? "") in mends;

/** A file or folder that the system does not let be read. It is not missing and not damaged: nothing is set aside for it. */
export class UnreadableError extends DataError {
  /** @param cause one that `isSystemFault` */
  constructor(file: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super({ file }, `this cannot be read (${message})`, mends[code!]!, cause);
    this.name = "UnreadableError";
  }
}

/** What `read` gives of a file or folder. @throws UnreadableError where the system does not let it be read, else its error */
export function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw isSystemFault(error) ? new UnreadableError(file, error) : error;
  }
}

/** A file's bytes, in chunks. @throws UnreadableError where the system does not let it be read */
export async function* chunksOf(file: string, options: Parameters<typeof createReadStream>[1]): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, options) as AsyncIterable<Buffer>;
  } catch (error) {
    throw isSystemFault(error) ? new UnreadableError(file, error) : error;
  }
}

/** What a path leads to; undefined where nothing is there. @throws UnreadableError where the system does not tell */
export const lookAt = (path: string): Stats | undefined => reading(path, () => statIfThere(systemPath(path)));

/** True for a folder and for a link to one. @throws UnreadableError where the system does not tell */
export const isFolder = (path: string): boolean => lookAt(path)?.isDirectory() ?? false;
