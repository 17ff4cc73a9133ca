import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readUnlabelled } from "../src/readers/read-unlabelled.ts";

const folder = await mkdtemp(join(tmpdir(), "fledge-unlabelled-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder with these files, of which nothing is read but the names. */
async function folderOf(name: string, files: readonly string[]): Promise<string> {
  for (const file of files) {
    const path = join(folder, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "");
  }
  return join(folder, name);
}

const classes = ["001.Wren", "002.Owl"];

describe("images to label", () => {
  it("may lie in the folder itself and in any folders below, and nobody says what they show", async () => {
    const root = await folderOf("flat", ["b.jpg", "a.png", "notes.txt", "trip/day 1/c.JPG", "unknown/d.webp"]);
    const { samples, classes: all, unlabelled, root: top } = readUnlabelled(root, classes);
    expect(samples.map(({ path }) => path)).toEqual(["a.png", "b.jpg", "trip/day 1/c.JPG", "unknown/d.webp"]);
    expect(new Set(samples.map(({ label }) => label))).toEqual(new Set([2]));
    expect([all, unlabelled, top]).toEqual([["001.Wren", "002.Owl", "unknown"], true, root]);
    expect(readUnlabelled(await folderOf("one", ["unknown/a.jpg"]), classes).unlabelled).toBe(true);
    expect(readUnlabelled(await folderOf("below", ["images/a.jpg", "README.png"]), classes).samples).toHaveLength(1);
  });

  it("are of their folders' classes where all are called as classes are; what lies beside is set aside", async () => {
    const root = await folderOf("classes", ["001.Wren/a.jpg", "002.owl/b.jpg", "c.jpg"]);
    const { samples, classes: own, unlabelled, setAside } = readUnlabelled(root, classes);
    expect([own, unlabelled]).toEqual([["001.Wren", "002.owl"], undefined]);
    expect(samples.map(({ path, label }) => [path, label])).toEqual([
      ["001.Wren/a.jpg", 0],
      ["002.owl/b.jpg", 1],
    ]);
    expect(setAside).toEqual([{ path: "c.jpg", reason: expect.stringMatching(/c\.jpg: it lies beside the folders/) }]);
  });

  it("are refused where only some folders are called as classes are, and where there are none", async () => {
    const mixed = await folderOf("mixed", ["001.Wren/a.jpg", "unknown/b.jpg"]);
    expect(() => readUnlabelled(mixed, classes)).toThrow(
      /unknown: the folder "001\.Wren" beside it is called as a class/,
    );
    const empty = await folderOf("empty", ["notes.txt"]);
    expect(() => readUnlabelled(empty, classes)).toThrow(/there is no image in this folder/);
    expect(() => readUnlabelled(join(folder, "nowhere"), classes)).toThrow(/nowhere: there is no such folder/);
  });
});
