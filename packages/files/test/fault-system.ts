import { nodeFileSystem, type FileSystem } from "../src/index.ts";

export type Call = "makeFolder" | "create" | "write" | "sync" | "close" | "rename" | "link" | "syncFolder" | "remove";

/** Decides what becomes of a call: undefined lets it be, an error fails it, a number lets that many bytes through. */
export type Decide = (call: Call, path: string) => Error | number | undefined;

/** An error as the system's calls throw it. */
export const systemError = (code: string): Error => Object.assign(new Error(`${code}: as the test wants it`), { code });

/** Node's file system, in which calls fail where `decide` says so. */
export function faultyFileSystem(decide: Decide): FileSystem {
  const fail = (call: Call, path: string): number | undefined => {
    const fault = decide(call, path);
    if (fault instanceof Error) throw fault;
    return fault;
  };
  return {
    async makeFolder(path) {
      fail("makeFolder", path);
      await nodeFileSystem.makeFolder(path);
    },
    async create(path) {
      fail("create", path);
      const file = await nodeFileSystem.create(path);
      return {
        async write(bytes, from) {
          const most = fail("write", path);
          return file.write(most === undefined ? bytes : bytes.subarray(0, from + most), from);
        },
        async sync() {
          fail("sync", path);
          await file.sync();
        },
        async close() {
          await file.close();
          fail("close", path);
        },
      };
    },
    async rename(from, to) {
      fail("rename", to);
      await nodeFileSystem.rename(from, to);
    },
    async link(from, to) {
      fail("link", to);
      await nodeFileSystem.link(from, to);
    },
    async syncFolder(path) {
      fail("syncFolder", path);
      await nodeFileSystem.syncFolder(path);
    },
    async remove(path) {
      fail("remove", path);
      await nodeFileSystem.remove(path);
    },
  };
}
