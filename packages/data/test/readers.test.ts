import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCub2010 } from "../src/readers/cub2010.ts";
import { readCub2011 } from "../src/readers/cub2011.ts";
import { readImageFolder } from "../src/readers/image-folder.ts";
import { temporaryFolder, writeFiles } from "./folders.ts";

const albatross = "001.Black_footed_Albatross";
const ani = "002.Groove_billed_Ani";

/** Two classes, three images; readers look only at names, so the images may be empty. */
function cub2010(): string {
  const root = temporaryFolder();
  writeFiles(root, {
    [`images/${albatross}/a_0001_12.jpg`]: "",
    [`images/${albatross}/a 2.jpg`]: "",
    [`images/${ani}/b_0001_7.jpg`]: "",
    "lists/classes.txt": `${albatross}\n${ani}\n`,
    "lists/files.txt": `${ani}/b_0001_7.jpg\r\n${albatross}/a_0001_12.jpg\r\n${albatross}/a 2.jpg\r\n`,
    "lists/train.txt": `${ani}/b_0001_7.jpg\n${albatross}/a 2.jpg\n`,
    "lists/test.txt": `${albatross}/a_0001_12.jpg\n\n`,
  });
  return root;
}

function cub2011(): string {
  const root = temporaryFolder();
  writeFiles(root, {
    [`CUB_200_2011/images/${albatross}/A_1.jpg`]: "",
    [`CUB_200_2011/images/${albatross}/A_0.jpg`]: "",
    [`CUB_200_2011/images/${ani}/B_1.jpg`]: "",
    "CUB_200_2011/classes.txt": `1 ${albatross}\n2 ${ani}\n`,
    "CUB_200_2011/images.txt": `1 ${albatross}/A_1.jpg\n2 ${albatross}/A_0.jpg\n3 ${ani}/B_1.jpg\n`,
    "CUB_200_2011/image_class_labels.txt": "1 1\n2 1\n3 2\n",
    "CUB_200_2011/train_test_split.txt": "1 0\n2 1\n3 1\n",
    "CUB_200_2011/bounding_boxes.txt": "1 60.0 27.0 325.0 304.0\n2 1.5 2 3 4\n3 5 6 7 8\n",
  });
  return root;
}

/** Replaces text in a file of a data set. */
function edit(root: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

describe("readImageFolder", () => {
  test("orders classes, folders and files as torchvision, and passes over what is no image", () => {
    const root = temporaryFolder();
    const names = ["b/z.JPG", "b/sub/a.png", "B/x.jpeg", "a/10.jpg", "a/9.jpg", "a/notes.txt"];
    writeFiles(root, { ...Object.fromEntries(names.map((name) => [name, ""])), "readme.txt": "" });
    const dataset = readImageFolder(root);
    expect(dataset.classes).toEqual(["B", "a", "b"]);
    // os.walk visits a folder's own files before those of its subfolders.
    const expected = ["B/x.jpeg", "a/10.jpg", "a/9.jpg", "b/z.JPG", "b/sub/a.png"];
    expect(dataset.samples.map(({ path }) => path)).toEqual(expected);
    expect(dataset.samples.map(({ label }) => label)).toEqual([0, 1, 1, 2, 2]);
  });

  test("refuses a folder that is missing, has no class, or an empty class", () => {
    const root = temporaryFolder();
    expect(() => readImageFolder(join(root, "none"))).toThrow(/none: this folder does not exist/);
    expect(() => readImageFolder(root)).toThrow(/no class folder/);
    writeFiles(root, { "a/x.jpg": "", "b/readme.md": "" });
    expect(() => readImageFolder(root)).toThrow(/b: this class folder holds no image/);
  });
});

describe("readCub2010", () => {
  test("reads the lists, in ImageFolder order", () => {
    const root = cub2010();
    const dataset = readCub2010(root);
    expect(dataset).toMatchObject({ root: join(root, "images"), classes: [albatross, ani] });
    expect(dataset.samples).toEqual([
      { path: `${albatross}/a 2.jpg`, id: `${albatross}/a 2.jpg`, label: 0, official: "train" },
      { path: `${albatross}/a_0001_12.jpg`, id: `${albatross}/a_0001_12.jpg`, label: 0, official: "test" },
      { path: `${ani}/b_0001_7.jpg`, id: `${ani}/b_0001_7.jpg`, label: 1, official: "train" },
    ]);
  });

  test("reads the images folder alone, itself or its parent, to the same samples less the split", () => {
    const root = cub2010();
    const listed = readCub2010(root).samples.map(({ path, label, id }) => ({ path, label, id }));
    expect(readCub2010(join(root, "images")).samples).toEqual(listed);
    rmSync(join(root, "lists"), { recursive: true });
    expect(readCub2010(root).samples).toEqual(listed);
  });

  test.each([
    ["a missing list", "lists/test.txt", null, "", /test\.txt: this list is missing/],
    ["an image that is not there", "lists/files.txt", "b_0001", "b_0002", /files\.txt:1: the image .* does not exist/],
    [
      "an unknown class",
      "lists/files.txt",
      ani,
      "003.Auklet",
      /files\.txt:1: .*"003\.Auklet", which classes\.txt lacks/,
    ],
    ["a gap in the classes", "lists/classes.txt", ani, "003.Auklet", /classes\.txt: class 2 is "003\.Auklet"/],
    ["a line twice", "lists/train.txt", "a 2", "a_0001_12", /test\.txt:1: .* is in train\.txt and in test\.txt/],
    ["a split of unknown images", "lists/train.txt", "b_0001", "b_9", /train\.txt:1: .* is not in files\.txt/],
    [
      "a path out of the folder",
      "lists/files.txt",
      "a 2",
      "../../../a",
      /files\.txt:3: .* leaves the folder of the images/,
    ],
    ["a NUL in a path", "lists/files.txt", "a 2", "a\0", /files\.txt:3: the image .* cannot be reached/],
    [
      "a name too long",
      "lists/files.txt",
      "a 2",
      "a".repeat(300),
      /files\.txt:3: .* cannot be reached \(ENAMETOOLONG\)/,
    ],
    ["a file listed twice", "lists/files.txt", "a 2", "a_0001_12", /files\.txt:3: .* already stands on line 2/],
  ])("refuses %s", (_, path, from, to, message) => {
    const root = cub2010();
    if (from === null) rmSync(join(root, path));
    else edit(root, path, from, to);
    expect(() => readCub2010(root)).toThrow(message);
  });
});

test.skipIf(process.platform === "win32")("a list that is a pipe or a folder is refused, and not waited for", () => {
  const root = cub2010();
  const list = join(root, "lists/train.txt");
  rmSync(list);
  execFileSync("/usr/bin/env", ["mkfifo", list]);
  expect(() => readCub2010(root)).toThrow(/train\.txt: it is a pipe or a device, not a file/);
  rmSync(list);
  mkdirSync(list);
  expect(() => readCub2010(root)).toThrow(/train\.txt: it is a directory, not a file/);
});

describe("readCub2011", () => {
  test("reads the archive's folder and its parent", () => {
    const root = cub2011();
    const dataset = readCub2011(root);
    expect(dataset.root).toBe(join(root, "CUB_200_2011", "images"));
    expect(dataset.samples).toEqual([
      {
        path: `${albatross}/A_0.jpg`,
        id: "2",
        label: 0,
        official: "train",
        box: { x: 1.5, y: 2, width: 3, height: 4 },
      },
      {
        path: `${albatross}/A_1.jpg`,
        id: "1",
        label: 0,
        official: "test",
        box: { x: 60, y: 27, width: 325, height: 304 },
      },
      { path: `${ani}/B_1.jpg`, id: "3", label: 1, official: "train", box: { x: 5, y: 6, width: 7, height: 8 } },
    ]);
    expect(readCub2011(join(root, "CUB_200_2011"))).toEqual(dataset);
  });

  test.each([
    ["a missing list", "images.txt", null, "", /images\.txt: this list is missing/],
    ["an image that is not there", "images.txt", "B_1", "B_2", /images\.txt:3: the image .* does not exist/],
    ["an image twice", "images.txt", "A_0", "A_1", /images\.txt:2: .* already stands on line 1/],
    ["an id twice", "images.txt", "2 00", "1 00", /images\.txt:2: image "1" already stands on line 1/],
    [
      "a label out of range",
      "image_class_labels.txt",
      "3 2",
      "3 3",
      /image_class_labels\.txt:3: the class "3" is not in 1\.\.2/,
    ],
    ["a label against the folder", "image_class_labels.txt", "3 2", "3 1", /image_class_labels\.txt:3: the class is/],
    ["an id without a label", "image_class_labels.txt", "3 2", "", /images\.txt:3: image 3 has no line in/],
    [
      "a label without an image",
      "image_class_labels.txt",
      "3 2",
      "4 2",
      /image_class_labels\.txt:3: image 4 is not in/,
    ],
    ["a class too few", "classes.txt", `2 ${ani}`, "", /image_class_labels\.txt:3: the class "2" is not in 1\.\.1/],
    ["a split flag", "train_test_split.txt", "1 0", "1 2", /train_test_split\.txt:1: "2" is neither/],
    ["a box of three numbers", "bounding_boxes.txt", "3 4", "3", /bounding_boxes\.txt:2: .* is not "<image> <x>/],
    ["a box of words", "bounding_boxes.txt", "3 4", "3 x", /bounding_boxes\.txt:2: .* is not four numbers/],
    ["an empty list", "classes.txt", `1 ${albatross}\n2 ${ani}`, "", /classes\.txt: this list is empty/],
  ])("refuses %s", (_, name, from, to, message) => {
    const root = cub2011();
    const path = join("CUB_200_2011", name);
    if (from === null) rmSync(join(root, path));
    else edit(root, path, from, to);
    expect(() => readCub2011(root)).toThrow(message);
  });
});
