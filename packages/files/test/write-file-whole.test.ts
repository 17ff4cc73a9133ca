import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { FileError, writeFileWhole } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "fledge-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

type Write = (bytes: Uint8Array, at: number, length: number) => Promise<{ bytesWritten: number }>;

/** What all open files write with. */
const probe = await open(join(folder, "probe"), "w");
const handles = Object.getPrototypeOf(probe) as { write: Write };
await probe.close();

const text = (file: string): string => readFileSync(file, "utf8");

/** Lets the system take at most `most` bytes at once, and fail once it has taken `failAt`. */
function writeSlowly(most: number, failAt = Infinity): void {
  const { write } = handles;
  let total = 0;
  vi.spyOn(handles, "write").mockImplementation(function (this: FileHandle, bytes, at, length) {
    if (total >= failAt) return Promise.reject(new Error("ENOSPC: no space left on device"));
    const taken = Math.min(most, length);
    total += taken;
    return write.call(this, bytes, at, taken);
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
  await expect(writing).rejects.toThrow(`${file} cannot be written (ENOSPC: no space left on device)`);
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
