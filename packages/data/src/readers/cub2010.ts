import { join, resolve } from "node:path";
import { checkClassNumbers } from "../classes.ts";
import type { Dataset, Sample } from "../dataset.ts";
import { DataError } from "../error.ts";
import { isFolder } from "../unreadable.ts";
import { readImageFolder } from "./image-folder.ts";
import type { Row } from "./list-file.ts";
import { readList } from "./list-file.ts";
import { listedSamples } from "./listed-samples.ts";

const name = "cub-200-2010";

/**
 * Reads CUB-200 (2010). `root` holds `images/` and `lists/{classes,files,train,test}.txt`; without the lists, `root`
 * or its `images/` is read as an ImageFolder, as the paper's code does.
 * Throws DataError when a list is missing, empty or repeats a line, names a class or an image that is not there, or
 * when train.txt and test.txt overlap or name an image that files.txt lacks.
 */
export function readCub2010(root: string): Dataset {
  const images = isFolder(join(root, "images")) ? resolve(root, "images") : resolve(root);
  const lists = resolve(root, "lists");
  if (!isFolder(lists)) {
    const dataset = readImageFolder(images);
    checkClassNumbers(dataset.classes, images);
    return { ...dataset, name };
  }
  const classRows = readList(join(lists, "classes.txt"), ["class"]);
  const classes = classRows.map((row) => row.fields[0] as string);
  checkClassNumbers(classes, join(lists, "classes.txt"));
  const labels = new Map(classes.map((className, label) => [className, label]));
  const files = readList(join(lists, "files.txt"), ["class/image"]);
  const samples = new Map(files.map((row) => [row.fields[0] as string, sampleOf(row, labels)]));
  const listed = new Map(files.map((row) => [samples.get(row.fields[0] as string) as Sample, row]));
  const found = listedSamples(images, listed);
  markSplit(samples, readList(join(lists, "train.txt"), ["class/image"]), "train");
  markSplit(samples, readList(join(lists, "test.txt"), ["class/image"]), "test");
  return { name, root: images, classes, ...found };
}

function sampleOf(row: Row, labels: ReadonlyMap<string, number>): Sample {
  const path = row.fields[0] as string;
  const className = path.split("/")[0] as string;
  const label = labels.get(className);
  if (label === undefined) {
    throw new DataError(row, `"${path}" is of the class "${className}", which classes.txt lacks`, "Mend either list");
  }
  return { path, label, id: path };
}

function markSplit(samples: ReadonlyMap<string, Sample>, rows: readonly Row[], side: "train" | "test"): void {
  for (const row of rows) {
    const sample = samples.get(row.fields[0] as string);
    if (sample === undefined) throw new DataError(row, `"${row.fields[0]}" is not in files.txt`, "Mend either list");
    if (sample.official !== undefined) {
      throw new DataError(row, `"${sample.path}" is in train.txt and in test.txt`, "Remove it from one of the two");
    }
    sample.official = side;
  }
}
