import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, readDataset } from "@fledge/data";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

/** What stands between the lists where one input holds all of a data set's. */
const between = "\x1d";

const classes = ["001.Black_footed_Albatross", "002.Laysan_Albatross"];
const images = classes.flatMap((name) => ["a", "b b", "ü"].map((image) => `${name}/${image}.jpg`));

/** Lists by their place in the data set. */
type Lists = Readonly<Record<string, readonly string[]>>;

const lists2010: Lists = {
  "lists/classes.txt": classes,
  "lists/files.txt": images,
  "lists/train.txt": images.filter((_, at) => at % 3 > 0),
  "lists/test.txt": images.filter((_, at) => at % 3 === 0),
};

const numbered = (of: (image: string, at: number) => string): string[] =>
  images.map((image, at) => `${at + 1} ${of(image, at)}`);

const lists2011: Lists = {
  "classes.txt": classes.map((name, at) => `${at + 1} ${name}`),
  "images.txt": numbered((image) => image),
  "image_class_labels.txt": numbered((image) => String(classes.findIndex((name) => image.startsWith(name)) + 1)),
  "train_test_split.txt": numbered((_, at) => String(at % 2)),
  "bounding_boxes.txt": numbered((_, at) => `${at}.0 27.5 325.0 304.0`),
};

/** A data set's lists, and what its reader makes of them; the images are there and hold nothing. */
function lists(name: string, layout: Lists): Reader {
  const folder = join(scratch, name);
  for (const image of images) {
    mkdirSync(join(folder, "images", image, ".."), { recursive: true });
    writeFileSync(join(folder, "images", image), "");
  }
  const files = Object.keys(layout).map((file) => join(folder, file));
  for (const file of files) mkdirSync(join(file, ".."), { recursive: true });
  return {
    name,
    seeds: [
      Buffer.from(
        Object.values(layout)
          .map((lines) => `${lines.join("\n")}\n`)
          .join(between),
      ),
    ],
    read(bytes) {
      const parts = bytes.toString("latin1").split(between);
      files.forEach((file, at) => {
        const part = parts[at];
        if (part === undefined) rmSync(file, { force: true });
        else writeFileSync(file, part, "latin1");
      });
      return digest(JSON.stringify(readDataset(folder)));
    },
    refusals: [DataError],
    origin: folder,
    checked: () => false,
  };
}

export const cub2010 = lists("cub-2010-lists", lists2010);
export const cub2011 = lists("cub-2011-lists", lists2011);
