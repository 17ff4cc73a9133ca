import { chmodSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fingerprintOf } from "../src/fingerprints.ts";
import { validateDataset } from "../src/manifest.ts";
import { readDataset } from "../src/readers/read-dataset.ts";
import { UnreadableError } from "../src/unreadable.ts";
import { verifyDatasets } from "../src/verify/verify-datasets.ts";
import { temporaryFolder, writeFiles, writeJpeg } from "./folders.ts";

/** What root asks for, root gets: for the time of `body` the process is another user. */
async function asAnyone<T>(body: () => T | Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid!(54321);
  try {
    return await body();
  } finally {
    process.seteuid!(0);
  }
}

/** A data set of 2010's layout, which anyone may read but for `path`. */
async function withUnreadable(path: string): Promise<string> {
  const root = temporaryFolder();
  const images = ["001.A/a.jpg", "001.A/b.jpg", "002.B/c.jpg"];
  for (const [i, name] of images.entries()) await writeJpeg(join(root, "images", name), 9, 7, i);
  writeFiles(root, {
    "lists/classes.txt": "001.A\n002.B\n",
    "lists/files.txt": images.join("\n"),
    "lists/train.txt": images.slice(0, 2).join("\n"),
    "lists/test.txt": images[2]!,
  });
  for (const folder of [root, join(root, "lists")]) chmodSync(folder, 0o755);
  chmodSync(join(root, path), 0);
  onTestFinished(() => chmodSync(join(root, path), 0o755));
  return root;
}

describe("what may not be read is not called missing, damaged or another layout", () => {
  it.each([
    [".", "lists"],
    ["lists", "lists/classes.txt"],
    ["lists/train.txt", "lists/train.txt"],
    ["images", "images/001.A/a.jpg"],
    ["images/002.B", "images/002.B/c.jpg"],
  ])("%s", async (path, named) => {
    const root = await withUnreadable(path);
    const read = asAnyone(() => readDataset(root));
    await expect(read).rejects.toThrow(UnreadableError);
    await expect(read).rejects.toThrow(`${join(root, named)}: this cannot be read (EACCES: permission denied, `);
    await expect(read).rejects.toThrow(/Change its permissions, or those of the folders above it\.$/);
  });

  it("a folder of classes", async () => {
    const root = await withUnreadable("images/002.B");
    const read = asAnyone(() => readDataset(join(root, "images")));
    await expect(read).rejects.toThrow(`${join(root, "images/002.B")}: this cannot be read (EACCES`);
  });

  it("a finding of dataset verify", async () => {
    const root = await withUnreadable("lists/train.txt");
    const [finding] = await asAnyone(() => verifyDatasets({ labelled: [root] }));
    expect(finding).toMatchObject({
      verdict: "wrong",
      found: expect.stringMatching(/train\.txt: this cannot be read/),
    });
  });
});

describe("an image that may not be read", () => {
  it("is not set aside, lest it stays so once it may be", async () => {
    const root = await withUnreadable("images/002.B/c.jpg");
    const out = temporaryFolder();
    chmodSync(out, 0o777);
    const dataset = readDataset(root);
    const image = join(root, "images/002.B/c.jpg");
    await expect(asAnyone(() => validateDataset(dataset, out))).rejects.toThrow(
      `${image}: this cannot be read (EACCES`,
    );
    expect(existsSync(join(out, "cub-200-2010.manifest.json"))).toBe(false);
    await expect(asAnyone(() => fingerprintOf(image))).rejects.toThrow(UnreadableError);
    chmodSync(image, 0o644);
    expect((await asAnyone(() => validateDataset(dataset, out))).broken).toEqual([]);
  });

  it("nor is a manifest called damaged", async () => {
    const root = await withUnreadable("images/002.B/c.jpg");
    chmodSync(join(root, "images/002.B/c.jpg"), 0o644);
    const { manifestFile } = await validateDataset(readDataset(root), temporaryFolder());
    chmodSync(dirname(manifestFile), 0o755);
    chmodSync(manifestFile, 0);
    await expect(asAnyone(() => validateDataset(readDataset(root), dirname(manifestFile)))).rejects.toThrow(
      `${manifestFile}: this cannot be read (EACCES`,
    );
    expect(readFileSync(manifestFile, "utf8")).toContain("cub-200-2010");
  });
});
