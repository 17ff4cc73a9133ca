import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../src/dataset.ts";
import { sampleFile } from "../src/dataset.ts";
import { decodeRgb } from "../src/decode.ts";
import { systemPath } from "../src/file-name.ts";
import { validateDataset } from "../src/manifest.ts";
import { readCub2010 } from "../src/readers/cub2010.ts";
import { readDataset } from "../src/readers/read-dataset.ts";
import { temporaryFolder, writeFiles, writeJpeg } from "./folders.ts";

/** Two classes of two images each. */
function folder(): string {
  const root = join(temporaryFolder(), "birds");
  writeFiles(root, { "a/1.jpg": "", "a/2.jpg": "", "b/1.jpg": "", "b/2.jpg": "" });
  return root;
}

const whole = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"];
const paths = ({ samples }: Dataset): string[] => samples.map(({ path }) => path);
const aside = ({ setAside = [] }: Dataset): string[] => setAside.map(({ path }) => path).sort();

describe("whatever links lead to", () => {
  test("a folder is visited once, and one that lies there itself before its links", () => {
    const root = folder();
    symlinkSync(".", join(root, "a", "latest"));
    symlinkSync("..", join(root, "a", "up"));
    symlinkSync("../..", join(root, "b", "above"));
    symlinkSync(dirname(root), join(root, "b", "again"));
    symlinkSync("b", join(root, "aa"));
    symlinkSync(".", join(root, "self"));
    const dataset = readDataset(root);
    expect(dataset.classes).toEqual(["a", "b"]);
    expect(paths(dataset)).toEqual(whole);
    expect(aside(dataset)).toEqual(["a/latest", "a/up", "aa", "b/above", "b/again", "self"]);
    for (const { reason } of dataset.setAside!) expect(reason).toMatch(/another name of .*, and nothing is read twice/);
  });

  test("a file counts once, by its own name before a link's, and links to files and folders elsewhere count", () => {
    const root = folder();
    const elsewhere = temporaryFolder();
    writeFiles(elsewhere, { "store/x": "", "more/3.jpg": "", "more/up/4.jpg": "" });
    symlinkSync("2.jpg", join(root, "a", "0.jpg"));
    linkSync(join(root, "b", "1.jpg"), join(root, "b", "9.jpg"));
    symlinkSync(join(elsewhere, "store", "x"), join(root, "a", "3.jpg"));
    symlinkSync(join(elsewhere, "store", "x"), join(root, "b", "3.jpg"));
    symlinkSync(join(elsewhere, "more"), join(root, "c"));
    symlinkSync(elsewhere, join(elsewhere, "more", "up", "loop"));
    const dataset = readDataset(root);
    expect(paths(dataset)).toEqual(["a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "b/2.jpg", "c/3.jpg", "c/up/4.jpg"]);
    expect(aside(dataset)).toEqual(["a/0.jpg", "b/3.jpg", "b/9.jpg", "c/up/loop/more"]);
  });

  test("a link to nothing and a pipe are set aside and named, in the manifest too", async () => {
    const root = join(temporaryFolder(), "birds");
    await writeJpeg(join(root, "a", "1.jpg"), 5, 4, 1);
    symlinkSync("/nowhere/x.jpg", join(root, "a", "gone.jpg"));
    symlinkSync("round.jpg", join(root, "a", "round.jpg"));
    execFileSync("/usr/bin/env", ["mkfifo", join(root, "a", "pipe.jpg")]);
    await writeJpeg(join(root, "b", "1.jpg"), 5, 4, 2);
    const dataset = readDataset(root);
    expect(paths(dataset)).toEqual(["a/1.jpg", "b/1.jpg"]);
    const { broken } = await validateDataset(dataset, temporaryFolder());
    const reasons = Object.fromEntries(broken.map(({ path, reason }) => [path, reason]));
    expect(reasons["a/gone.jpg"]).toMatch(/gone\.jpg: a link to "\/nowhere\/x\.jpg" \(ENOENT\)\. Fetch what/);
    expect(reasons["a/round.jpg"]).toMatch(/a link to "round\.jpg" \(ELOOP\)/);
    expect(reasons["a/pipe.jpg"]).toMatch(/neither a file nor a folder/);
    await expect(decodeRgb(join(root, "a", "pipe.jpg"))).rejects.toThrow(/pipe\.jpg: .*it is no file/);
  });

  test("a class of links to nothing is refused with the reason", () => {
    const root = folder();
    mkdirSync(join(root, "c"));
    symlinkSync("/nowhere/x.jpg", join(root, "c", "1.jpg"));
    expect(() => readDataset(root)).toThrow(/c: this class folder holds no image but .*a link to "\/nowhere/);
  });

  test("listed images go by the same rules, and a name that is not there at all is an error", () => {
    const root = temporaryFolder();
    const list = "001.A/0.jpg\n001.A/1.jpg\n001.A/gone.jpg\n001.A/folder.jpg\n002.B/1.jpg\n";
    writeFiles(root, {
      "images/001.A/1.jpg": "",
      "images/001.A/folder.jpg/x": "",
      "images/002.B/1.jpg": "",
      "lists/classes.txt": "001.A\n002.B\n",
      "lists/files.txt": list,
      "lists/train.txt": list,
      "lists/test.txt": "002.B/2.jpg\n",
    });
    writeFileSync(join(root, "lists", "test.txt"), "002.B/1.jpg\n");
    writeFileSync(join(root, "lists", "train.txt"), list.replace("002.B/1.jpg\n", ""));
    symlinkSync("1.jpg", join(root, "images", "001.A", "0.jpg"));
    symlinkSync("/nowhere", join(root, "images", "001.A", "gone.jpg"));
    const dataset = readCub2010(root);
    expect(paths(dataset)).toEqual(["001.A/1.jpg", "002.B/1.jpg"]);
    expect(aside(dataset)).toEqual(["001.A/0.jpg", "001.A/folder.jpg", "001.A/gone.jpg"]);
    rmSync(join(root, "images", "002.B", "1.jpg"));
    expect(() => readCub2010(root)).toThrow(/files\.txt:5: the image .* does not exist/);
  });
});

describe("names", () => {
  test("of any bytes are found, kept apart and read", async () => {
    const root = join(temporaryFolder(), "birds");
    await writeJpeg(join(root, "b", "1.jpg"), 5, 4, 1);
    await writeJpeg(join(root, "a", "0.jpg"), 5, 4, 2);
    const image = join(root, "a", "0.jpg");
    const odd = [
      "\udce9t\udce9.jpg",
      "\udce8.jpg",
      "new\nline.jpg",
      "\x1b[31mred.jpg",
      "=cmd.jpg",
      "<script>.jpg",
      "été.jpg",
    ];
    for (const name of odd) linkSync(image, systemPath(join(root, "a", name)));
    unlinkSync(image);
    // Hard links are one file: each name in turn stands alone.
    for (const name of odd) {
      const one = temporaryFolder();
      await writeJpeg(join(one, "a", "0.jpg"), 5, 4, 3);
      linkSync(join(one, "a", "0.jpg"), systemPath(join(one, "a", name)));
      unlinkSync(join(one, "a", "0.jpg"));
      await writeJpeg(join(one, "b", "0.jpg"), 5, 4, 4);
      const dataset = readDataset(one);
      expect(paths(dataset)).toEqual([`a/${name}`, "b/0.jpg"]);
      expect((await decodeRgb(sampleFile(dataset, dataset.samples[0]!))).width).toBe(5);
      const first = await validateDataset(dataset, join(one, "out"));
      expect(first.broken).toEqual([]);
      expect((await validateDataset(dataset, join(one, "out"))).dataset.samples).toHaveLength(2);
    }
    expect(readdirSync(join(root, "a"))).toHaveLength(odd.length);
    expect(paths(readDataset(root))).toHaveLength(2);
  });

  test("are shown without what acts on a terminal", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "a\x1b]0;title\x07\nb"));
    expect(() => readDataset(root)).toThrow(/a\\x1b\]0;title\\x07\\nb: this class folder holds no image/);
  });

  test("thirty folders deep are followed", () => {
    const root = temporaryFolder();
    const deep = `a/${Array.from({ length: 30 }, (_, i) => `level${i}`).join("/")}/1.jpg`;
    writeFiles(root, { [deep]: "", "b/1.jpg": "" });
    expect(paths(readDataset(root))).toEqual([deep, "b/1.jpg"]);
  });
});

describe("folders one level too high", () => {
  test.each([
    ["a split", ["train/x/1.jpg", "train/y/2.jpg", "test/x/3.jpg"], "test"],
    ["images of images", ["images/images/x/1.jpg", "images/images/y/2.jpg"], "images/images"],
    ["two data sets", ["one/images/x/1.jpg", "two/images/x/1.jpg"], "one/images"],
    ["the folder above", ["birds/x/1.jpg", "birds/y/2.jpg"], "birds"],
  ])("%s", (_, files, named) => {
    const root = temporaryFolder();
    writeFiles(root, Object.fromEntries(files.map((file) => [file, ""])));
    expect(() => readDataset(root)).toThrow(/one level deeper, so these are no classes\. Name the folder/);
    expect(() => readDataset(root)).toThrow(`such as ${join(root, named)}.`);
    expect(readDataset(join(root, named)).classes).toContain("x");
  });

  test("but folders inside the classes are followed", () => {
    const root = temporaryFolder();
    writeFiles(root, { "x/2010/1.jpg": "", "y/2010/1.jpg": "", "y/2011/2.jpg": "" });
    expect(readDataset(root).classes).toEqual(["x", "y"]);
  });
});
