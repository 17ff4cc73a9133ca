import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, describe } from "vitest";
import { checksumsOf } from "../src/archives/checksums.ts";
import { extractArchives } from "../src/archives/extract.ts";
import { makeGate } from "../src/archives/gate.ts";
import { temporaryFolder } from "./folders.ts";
import { tarBytes, writeTgz, type TarEntry } from "./tars.ts";

const good: TarEntry[] = [
  { path: "images/", type: "Directory", mode: 0 },
  { path: "images/a.txt", body: "a", mode: 0o4777 },
  { path: "images/deep/b.txt", body: "b".repeat(5000) },
];

/** Unpacks entries that must be refused, and gives the reason; nothing may be left in the folder. */
async function refusal(entries: readonly TarEntry[], limits = { entries: 100, bytes: 1e6 }): Promise<string> {
  const folder = temporaryFolder();
  const inner = join(folder, "inner");
  mkdirSync(inner);
  const archive = writeTgz(join(folder, "hostile.tgz"), entries);
  const error: unknown = await extractArchives([archive], join(inner, "target"), limits).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { name, message } = error as Error;
  expect(name).toBe("DataError");
  expect(message).toContain(archive);
  expect(readdirSync(inner)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(["hostile.tgz", "inner"]);
  return message;
}

describe("extractArchives", () => {
  it("unpacks several archives into one new folder, with plain modes", async () => {
    const folder = temporaryFolder();
    const lists = join(folder, "lists.tar");
    writeFileSync(lists, tarBytes([{ path: "./lists/c.txt", body: "c" }]));
    const target = join(folder, "new", "target");
    await extractArchives([writeTgz(join(folder, "images.tgz"), good), lists], target);
    expect(readFileSync(join(target, "images", "a.txt"), "utf8")).toBe("a");
    expect(readFileSync(join(target, "images", "deep", "b.txt"), "utf8")).toBe("b".repeat(5000));
    expect(readFileSync(join(target, "lists", "c.txt"), "utf8")).toBe("c");
    expect(statSync(join(target, "images", "a.txt")).mode & 0o7022).toBe(0);
    expect(readdirSync(join(folder, "new"))).toEqual(["target"]);
  });

  it.each<[string, TarEntry, RegExp]>([
    ["..", { path: "../escaped.txt", body: "x" }, /"..\/escaped.txt" leaves the folder/],
    [".. within", { path: "images/../../escaped.txt", body: "x" }, /leaves the folder/],
    [".. with backslashes", { path: "images\\..\\..\\escaped.txt", body: "x" }, /leaves the folder/],
    ["an absolute path", { path: "/tmp/fledge-escaped.txt", body: "x" }, /is an absolute path/],
    ["a drive letter", { path: "c:escaped.txt", body: "x" }, /is an absolute path/],
    [
      "a symbolic link out",
      { path: "images/out", type: "SymbolicLink", linkpath: "../../.." },
      /is a link \(to "..\/..\/.."\)/,
    ],
    ["an absolute symbolic link", { path: "out", type: "SymbolicLink", linkpath: "/etc" }, /is a link/],
    ["a hard link out", { path: "out", type: "Link", linkpath: "../hostile.tgz" }, /is a link/],
    ["a device", { path: "null", type: "CharacterDevice" }, /"null" is no file and no folder \(CharacterDevice\)/],
    ["a pipe", { path: "pipe", type: "FIFO" }, /no file and no folder \(FIFO\)/],
    ["a file twice", { path: "images/./a.txt", body: "z" }, /"images\/.\/a.txt" comes twice/],
  ])("refuses %s, among good entries, and leaves nothing behind", async (_, entry, reason) => {
    expect(await refusal([...good, entry, { path: "after.txt", body: "after" }])).toMatch(reason);
    expect(existsSync("/tmp/fledge-escaped.txt")).toBe(false);
  });

  it.each([
    ["a ZIP archive", "PK\x03\x04\x14\0\0\0"],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"],
    ["an HTML page", "<!DOCTYPE html><html><body>404</body></html>"],
    ["a 7z archive", "7z\xbc\xaf\x27\x1c"],
    ["xz data", "\xfd7zXZ\0"],
  ])("says of %s under an archive's name what it is", async (kind, bytes) => {
    const folder = temporaryFolder();
    const archive = join(folder, "images.tgz");
    writeFileSync(archive, bytes, "latin1");
    await expect(extractArchives([archive], join(folder, "target"))).rejects.toThrow(
      `${archive}: this archive cannot be unpacked: it is no tar archive, gzipped or not, but ${kind}`,
    );
    expect(readdirSync(folder)).toEqual(["images.tgz"]);
  });

  it("refuses what would be written through a link, at the link", async () => {
    const link: TarEntry = { path: "door", type: "SymbolicLink", linkpath: ".." };
    expect(await refusal([link, { path: "door/escaped.txt", body: "x" }])).toMatch(/"door" is a link/);
  });

  it("refuses more entries or bytes than the limits", async () => {
    expect(await refusal(good, { entries: 2, bytes: 1e6 })).toMatch(/more than 2 entries/);
    expect(await refusal(good, { entries: 100, bytes: 5000 })).toMatch(/more than 5000 bytes/);
  });

  it("refuses a file that takes the place of a folder", async () => {
    expect(await refusal([...good, { path: "images", body: "x" }])).toMatch(/cannot be unpacked/);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ["a gzip that ends early", (bytes) => bytes.subarray(0, bytes.length - 20)],
    ["a gzip whose checksum is wrong", (bytes) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8)])],
    ["text", () => Buffer.from("<html>404 Not Found</html>")],
    ["nothing", () => Buffer.alloc(0)],
    ["a tar that ends early", () => tarBytes(good).subarray(0, 4000)],
    ["a tar with a damaged header", () => tarBytes(good).fill("?", 512, 600)],
  ])("refuses %s, and leaves nothing behind", async (_, damage) => {
    const folder = temporaryFolder();
    const archive = writeTgz(join(folder, "damaged.tgz"), good);
    writeFileSync(archive, damage(readFileSync(archive)));
    await expect(extractArchives([archive], join(folder, "target"))).rejects.toThrow(
      /damaged.tgz: this archive cannot be unpacked: .*Download/,
    );
    expect(readdirSync(folder)).toEqual(["damaged.tgz"]);
  });

  it("does not touch a folder that exists", async () => {
    const folder = temporaryFolder();
    const target = join(folder, "target");
    mkdirSync(target);
    const archive = writeTgz(join(folder, "images.tgz"), good);
    await expect(extractArchives([archive], target)).rejects.toThrow(/target: this exists, and nothing is overwritten/);
    expect(readdirSync(target)).toEqual([]);
  });
});

describe("makeGate", () => {
  it("lets no negative size make room under the limit", () => {
    const gate = makeGate({ entries: 10, bytes: 100 });
    expect(gate({ path: "a", type: "File", size: -1000 })).toBe('"a" has the size -1000');
    expect(gate({ path: "b", type: "File", size: Number.NaN })).toBe('"b" has the size NaN');
    expect(gate({ path: "c", type: "File", size: 100 })).toBeUndefined();
    expect(gate({ path: "d", type: "File", size: 1 })).toMatch(/more than 100 bytes/);
  });

  it("lets a folder come twice, and names that merely begin with dots", () => {
    const gate = makeGate();
    const verdicts = ["images/", "images/", "..images/", "images/..."].map((path) =>
      gate({ path, type: "Directory", size: 0 }),
    );
    expect(verdicts).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("checksumsOf", () => {
  it("gives the size and the hashes of RFC 1321 and FIPS 180", async () => {
    const file = join(temporaryFolder(), "abc");
    writeFileSync(file, "abc");
    expect(await checksumsOf(file)).toEqual({
      sizeBytes: 3,
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      md5: "900150983cd24fb0d6963f7d28e17f72",
    });
  });
});
