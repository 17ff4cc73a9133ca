import { nodeFileSystem, type FileSystem } from "@fledge/files";

/** A call of the system that changes a disk. */
export interface Call {
  readonly kind: "makeFolder" | "create" | "write" | "sync" | "rename" | "link" | "syncFolder" | "remove";
  /** What is changed: of a rename and a link the new name. */
  readonly path: string;
}

/** Stands between a call and the system. @param perform does what is asked; a write, if `short`, with a half of its bytes */
export type Handle = <T>(call: Call, perform: (short?: boolean) => Promise<T>) => Promise<T>;

/** Node's file system, whose calls that change the disk all go through `handle`. */
export const interposed = (handle: Handle): FileSystem => ({
  makeFolder: (path) => handle({ kind: "makeFolder", path }, () => nodeFileSystem.makeFolder(path)),
  create: (path) =>
    handle({ kind: "create", path }, async () => {
      const file = await nodeFileSystem.create(path);
      return {
        write: (bytes, from) =>
          handle({ kind: "write", path }, (short) => {
            const half = from + Math.ceil((bytes.length - from) / 2);
            return file.write(short ? bytes.subarray(0, half) : bytes, from);
          }),
        sync: () => handle({ kind: "sync", path }, () => file.sync()),
        close: () => file.close(),
      };
    }),
  rename: (from, to) => handle({ kind: "rename", path: to }, () => nodeFileSystem.rename(from, to)),
  link: (from, to) => handle({ kind: "link", path: to }, () => nodeFileSystem.link(from, to)),
  syncFolder: (path) => handle({ kind: "syncFolder", path }, () => nodeFileSystem.syncFolder(path)),
  remove: (path) => handle({ kind: "remove", path }, () => nodeFileSystem.remove(path)),
});
