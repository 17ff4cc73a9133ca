import { join, resolve } from "node:path";
import { checkClassNumbers } from "../classes.ts";
import type { BoundingBox, Dataset, Sample } from "../dataset.ts";
import { DataError } from "../error.ts";
import { isFolder } from "../unreadable.ts";
import type { Row } from "./list-file.ts";
import { readList } from "./list-file.ts";
import { listedSamples } from "./listed-samples.ts";

/**
 * Reads CUB-200-2011 from the folder `CUB_200_2011` of its archive, or from the folder above it. `root` of the data
 * set is its `images/`; ids are those of images.txt.
 * Throws DataError when a list is missing or empty, repeats an id, lacks an id or has one too many, when a label is
 * out of range or contradicts the image's folder, or when a named image does not exist.
 */
export function readCub2011(root: string): Dataset {
  const top = resolve(isFolder(join(root, "CUB_200_2011")) ? join(root, "CUB_200_2011") : root);
  const list = (file: string, ...columns: string[]): Row[] => readList(join(top, file), columns);

  const classRows = list("classes.txt", "class", "name");
  const classes = classRows.map((row) => row.fields[1] as string);
  checkClassNumbers(classes, join(top, "classes.txt"));

  const images = list("images.txt", "image", "path");
  const of = (rows: Row[]): ((image: Row) => Row) => join1to1(images, rows);
  const labelOf = of(list("image_class_labels.txt", "image", "class"));
  const splitOf = of(list("train_test_split.txt", "image", "1 = train, 0 = test"));
  const boxOf = of(list("bounding_boxes.txt", "image", "x", "y", "width", "height"));

  const paths = new Map<string, Row>();
  const sampleOf = (image: Row): Sample => {
    const [id, path] = image.fields as [string, string];
    const twin = paths.get(path);
    if (twin) throw new DataError(image, `"${path}" already stands on line ${twin.line}`, "Remove one of the two");
    paths.set(path, image);
    const label = readLabel(labelOf(image), classes, path);
    return { path, label, id, official: readSide(splitOf(image)), box: readBox(boxOf(image)) };
  };
  const listed = new Map(images.map((image) => [sampleOf(image), image]));
  return { name: "cub-200-2011", root: join(top, "images"), classes, ...listedSamples(join(top, "images"), listed) };
}

/** Pairs each row of `images` with the row of the same id in `rows`; both must hold exactly the same ids. */
function join1to1(images: readonly Row[], rows: readonly Row[]): (image: Row) => Row {
  const known = new Set(images.map((image) => image.fields[0]));
  for (const row of rows) {
    if (!known.has(row.fields[0]))
      throw new DataError(row, `image ${row.fields[0]} is not in images.txt`, "Mend either");
  }
  const byId = new Map(rows.map((row) => [row.fields[0], row]));
  const other = rows[0]?.file;
  return (image) => {
    const row = byId.get(image.fields[0]);
    if (row === undefined)
      throw new DataError(image, `image ${image.fields[0]} has no line in ${other}`, "Add the line");
    return row;
  };
}

function readLabel(row: Row, classes: readonly string[], path: string): number {
  const label = Number(row.fields[1]) - 1;
  const name = classes[label];
  if (name === undefined) {
    throw new DataError(row, `the class "${row.fields[1]}" is not in 1..${classes.length}`, "Mend it or classes.txt");
  }
  if (!path.startsWith(`${name}/`)) {
    throw new DataError(row, `the class is "${name}", but images.txt has "${path}"`, "Mend either list");
  }
  return label;
}

function readSide(row: Row): "train" | "test" {
  const flag = row.fields[1];
  if (flag !== "0" && flag !== "1") throw new DataError(row, `"${flag}" is neither 1 (train) nor 0 (test)`, "Mend it");
  return flag === "1" ? "train" : "test";
}

function readBox(row: Row): BoundingBox {
  const [x, y, width, height] = row.fields.slice(1).map(Number) as [number, number, number, number];
  if (![x, y, width, height].every(Number.isFinite)) {
    throw new DataError(row, `"${row.fields.slice(1).join(" ")}" is not four numbers`, "Mend the line");
  }
  return { x, y, width, height };
}
