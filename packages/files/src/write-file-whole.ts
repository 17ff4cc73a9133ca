import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError } from "./file-error.ts";

/** Node refuses to write more bytes at once than a signed 32-bit number counts. */
const mostAtOnceBytes = 2 ** 30;

/** The system may take a part of what it is given, as Linux does above 2 GiB and a full disk does before it fails. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, Math.min(bytes.length - done, mostAtOnceBytes))).bytesWritten;
  }
}

type Contents = string | Uint8Array | Iterable<Uint8Array>;

function partsOf(contents: Contents): Iterable<Uint8Array> {
  if (typeof contents === "string") return [Buffer.from(contents)];
  return contents instanceof Uint8Array ? [contents] : contents;
}

async function writeNew(file: string, parts: Iterable<Uint8Array>): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for (const part of parts) await writeAll(handle, part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file whole or not at all: to a name of its own in the same folder, synced, then renamed. A reader sees what
 * was there before or all that is new, whoever else writes the file. Folders that are not there are made.
 * @param contents text, bytes, or bytes in parts that follow one another in the file
 * @throws FileError naming the file; what was there before is still there, and nothing is left beside it
 */
export async function writeFileWhole(file: string, contents: Contents): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeNew(partial, partsOf(contents));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // The first error is the one to tell.
    throw new FileError(file, error);
  }
}
