import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import {
  checkWritable,
  FileError,
  makeFolder,
  removePartials,
  thisProcess,
  useFileSystem,
  writeFileWhole,
} from "../src/index.ts";
import { faultyFileSystem, systemError, type Decide } from "./fault-system.ts";

const folder = mkdtempSync(join(tmpdir(), "fledge-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (file: string): string => readFileSync(file, "utf8");

let restore = (): void => {};
afterEach(() => restore());
const decide = (decision: Decide): void => void (restore = useFileSystem(faultyFileSystem(decision)));

/** Lets the system take at most `most` bytes at once, and fail once it has taken `failAt`. */
function writeSlowly(most: number, failAt = Infinity): void {
  let total = 0;
  decide((call) => {
    if (call !== "write") return undefined;
    if (total >= failAt) return systemError("ENOSPC");
    total += most;
    return most;
  });
}

it("writes text, bytes and parts, over what is there, into folders that are not", async () => {
  const file = join(folder, "new", "deep", "file");
  await writeFileWhole(file, "grün");
  expect(text(file)).toBe("grün");
  await writeFileWhole(file, new Uint8Array([65, 66]));
  expect(text(file)).toBe("AB");
  await writeFileWhole(file, [Buffer.from("a"), new Uint8Array(0), Buffer.from("xbc").subarray(1)]);
  expect(text(file)).toBe("abc");
  await writeFileWhole(file, "");
  expect(text(file)).toBe("");
  expect(readdirSync(join(folder, "new", "deep"))).toEqual(["file"]);
});

it("goes on where the system takes only a part of what it is given", async () => {
  const file = join(folder, "short");
  writeSlowly(3);
  await writeFileWhole(file, [Buffer.from("0123456"), Buffer.from("789")]);
  expect(text(file)).toBe("0123456789");
});

it("leaves the old file, and nothing else, where the disk is full halfway", async () => {
  const file = join(folder, "full", "file");
  await writeFileWhole(file, "old");
  writeSlowly(3, 6);
  const writing = writeFileWhole(file, "0123456789");
  await expect(writing).rejects.toThrow(FileError);
  await expect(writing).rejects.toThrow(
    `${file} cannot be written (ENOSPC: as the test wants it); the disk is full: make room`,
  );
  expect(text(file)).toBe("old");
  expect(readdirSync(join(folder, "full"))).toEqual(["file"]);
});

it("leaves nothing where parts cannot be made, or the name is a folder's", async () => {
  const taken = join(folder, "taken");
  mkdirSync(join(taken, "inside"), { recursive: true });
  await expect(writeFileWhole(taken, "text")).rejects.toThrow(`${taken} cannot be written`);
  function* parts(): Generator<Uint8Array> {
    yield Buffer.from("a");
    throw new Error("no more");
  }
  await expect(writeFileWhole(join(taken, "file"), parts())).rejects.toThrow("file cannot be written (no more)");
  expect(readdirSync(taken)).toEqual(["inside"]);
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
});

it("says which file cannot be written where the folder is a file", async () => {
  const file = join(folder, "no-folder");
  writeFileSync(file, "mine");
  const inside = join(file, "inside");
  await expect(writeFileWhole(inside, "text")).rejects.toThrow(`${inside} cannot be written`);
  expect(text(file)).toBe("mine");
});

it("keeps writers of one file apart: it is one of theirs, whole", async () => {
  const file = join(folder, "shared");
  const versions = ["a", "b", "c", "d"].map((letter) => letter.repeat(100_000));
  await Promise.all(versions.map((version) => writeFileWhole(file, version)));
  expect(versions).toContain(text(file));
});

it("whatever call fails, and how: the error names the file, the old one stays, nothing is left beside it", async () => {
  const file = join(folder, "failing", "file");
  const calls = ["create", "write", "sync", "close", "rename"] as const;
  await writeFileWhole(file, "old");
  for (const code of ["ENOSPC", "EIO", "EROFS", "EACCES", "EMFILE", "EDQUOT"]) {
    for (const call of calls) {
      decide((made) => (made === call ? systemError(code) : undefined));
      const error: unknown = await writeFileWhole(file, "new").catch((reason: unknown) => reason);
      restore();
      expect(error).toBeInstanceOf(FileError);
      expect((error as Error).message).toMatch(new RegExp(`^${file} cannot be written \\(${code}: [^)]*\\); .*:`));
      expect([call, text(file), readdirSync(join(folder, "failing"))]).toEqual([call, "old", ["file"]]);
    }
  }
  decide((call) => (call === "write" ? 0 : undefined));
  await expect(writeFileWhole(file, "new")).rejects.toThrow("the system took none of what was left to write");
  expect(text(file)).toBe("old");
});

it("syncs what it wrote, then its name, and each new folder's name", async () => {
  const calls: string[] = [];
  decide((call, path) => void calls.push(`${call} ${path.slice(folder.length).replace(/\.\d.*/, ".partial")}`));
  await writeFileWhole(join(folder, "synced", "deep", "file"), "text");
  expect(calls).toEqual([
    "makeFolder /synced/deep",
    "makeFolder /synced",
    "syncFolder ",
    "makeFolder /synced/deep",
    "syncFolder /synced",
    "create /synced/deep/file.partial",
    "write /synced/deep/file.partial",
    "sync /synced/deep/file.partial",
    "close /synced/deep/file.partial",
    "rename /synced/deep/file",
    "syncFolder /synced/deep",
  ]);
});

it("keeps what was there under another name, and gives it back where the new one cannot take its place", async () => {
  const [file, previous] = [join(folder, "generations", "last"), join(folder, "generations", "previous")];
  for (const version of ["1", "2", "3"]) await writeFileWhole(file, version, previous);
  expect([text(file), text(previous)]).toEqual(["3", "2"]);
  let renames = 0;
  decide((call) => (call === "rename" && ++renames === 2 ? systemError("EIO") : undefined));
  await expect(writeFileWhole(file, "4", previous)).rejects.toThrow(FileError);
  expect(readdirSync(join(folder, "generations"))).toEqual(["last"]);
  expect(text(file)).toBe("3");
});

it("removes what dead processes left half-written, and nothing else", async () => {
  const strays = join(folder, "strays");
  mkdirSync(join(strays, "deep"), { recursive: true });
  const { pid, started, boot, machine } = thisProcess();
  const kept = [
    `a.${pid}-${started}-${boot}-${machine}-0.partial`,
    `a.${pid}-${started}-${boot}-elsewhere-0.partial`,
    "a.12-1-0-0.partial",
    "a",
  ];
  const dead = [`a.${pid}-${started}-before-${machine}-0.partial`, `deep/a.${pid}-1-before-${machine}-7.partial`];
  for (const name of [...kept, ...dead]) writeFileSync(join(strays, name), "");
  expect(await removePartials(strays)).toBe(2);
  expect(readdirSync(strays).sort()).toEqual([...kept, "deep"].sort());
  expect(readdirSync(join(strays, "deep"))).toEqual([]);
});

it("tells beforehand whether a file could be written, and leaves nothing behind", async () => {
  const file = join(folder, "checked", "file");
  await checkWritable(file);
  expect(readdirSync(join(folder, "checked"))).toEqual([]);
  await expect(checkWritable(join(folder, "checked"))).rejects.toThrow("there is a folder of that name");
  await writeFileWhole(file, "");
  await expect(checkWritable(join(file, "inside"))).rejects.toThrow(
    /inside cannot be written \(ENOTDIR.*\); a part of this path is a file: name another place/,
  );
  await expect(checkWritable(dirname(file))).rejects.toThrow("(there is a folder of that name); name a file");
  await expect(checkWritable(join(dirname(file), "x".repeat(300)))).rejects.toThrow("); name a shorter path");
  decide((call) => (call === "create" ? systemError("EROFS") : undefined));
  await expect(checkWritable(file)).rejects.toThrow("mounted read-only");
});

it("gives up on a folder whose parent is there and takes none, where Node's recursive mkdir never ends", async () => {
  // As Linux's /proc says.
  decide((call, path) => (call === "makeFolder" && path.endsWith("none") ? systemError("ENOENT") : undefined));
  await expect(makeFolder(join(folder, "none"))).rejects.toThrow(FileError);
});
