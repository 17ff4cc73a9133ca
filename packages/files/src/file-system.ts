import { link, mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";

/** A file that is being written. */
export interface OpenFile {
  /** Writes bytes `from` and after at the end of the file. @returns how many of them the system took, which may be fewer */
  write(bytes: Uint8Array, from: number): Promise<number>;
  /** Resolves once what was written is on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The system calls of everything that is written: what a test puts another in the place of. */
export interface FileSystem {
  /** Makes a folder; its parent is there. */
  makeFolder(path: string): Promise<void>;
  /** Makes a file that is not there yet. */
  create(path: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name, which is not there yet; some file systems cannot. */
  link(from: string, to: string): Promise<void>;
  /** Resolves once the names in a folder are on the disk itself. */
  syncFolder(path: string): Promise<void>;
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>;
}

/** Node refuses to write more bytes at once than a signed 32-bit number counts. */
const mostAtOnceBytes = 2 ** 30;

/** What a system says that cannot open or sync folders, or may not read this one: its names are as safe as they get. */
const cannotSyncFolders = new Set(["EACCES", "EINVAL", "EISDIR", "ENOSYS", "ENOTSUP", "EPERM"]);

export const nodeFileSystem: FileSystem = {
  makeFolder: (path) => mkdir(path),
  async create(path) {
    const handle = await open(path, "wx");
    return {
      write: async (bytes, from) =>
        (await handle.write(bytes, from, Math.min(bytes.length - from, mostAtOnceBytes))).bytesWritten,
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename,
  link,
  async syncFolder(path) {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, "r");
      await handle.sync();
    } catch (error) {
      if (!cannotSyncFolders.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    } finally {
      await handle?.close();
    }
  },
  remove: (path) => rm(path, { force: true }),
};

let current = nodeFileSystem;

/** The file system that everything is written to. */
export const fileSystem = (): FileSystem => current;

/** Puts a test's file system in the place of Node's. @returns puts back what was there */
export function useFileSystem(other: FileSystem): () => void {
  const before = current;
  current = other;
  return () => void (current = before);
}
