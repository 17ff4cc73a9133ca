import { basename, join, resolve } from "node:path";
import { matchClasses } from "../classes.ts";
import type { Dataset, Sample } from "../dataset.ts";
import { byPath } from "../dataset.ts";
import { DataError } from "../error.ts";
import { isFolder, lookAt } from "../unreadable.ts";
import { isImageName } from "./image-folder.ts";
import { readDataset } from "./read-dataset.ts";
import { walk } from "./real-files.ts";
import { requireFolder } from "./require-folder.ts";

/** The name of the class that stands for what nobody tells. */
const unknown = "unknown";

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.indexOf("/")));

/** Those of some folders that are called as a class is, by CUB's number or by name. */
function namingClasses(folders: readonly string[], classes: readonly string[]): string[] {
  return folders.filter((folder) => {
    try {
      return matchClasses([folder], classes).labels.length > 0;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  });
}

/**
 * Reads images that a model is to label. Where the folder tells their classes, by the lists of CUB or by folders that
 * are called as `classes` are, it is read as `readDataset` does. Else they are `unlabelled`: every image below the
 * folder, however deep, directly in it or in folders of other names, "unknown" among them.
 * Throws DataError where there is no image, where only some of the folders are called as classes are, and as
 * `readDataset` does.
 */
export function readUnlabelled(root: string, classes: readonly string[]): Dataset {
  requireFolder(root, "the folder of the images");
  const listed =
    isFolder(join(root, "lists")) || ["", "CUB_200_2011"].some((below) => lookAt(join(root, below, "images.txt")));
  if (listed) return readDataset(root);
  const top = resolve(isFolder(join(root, "images")) ? join(root, "images") : root);
  const { files, setAside } = walk(top, isImageName, true);
  if (files.length === 0)
    throw new DataError({ file: top }, "there is no image in this folder", "Name one with JPEG, PNG or WebP files");
  const folders = [...new Set(files.map(folderOf))].filter((name) => name !== "");
  const named = namingClasses(folders, classes);
  if (named.length > 0) return readNamed(root, top, { files, folders, named });
  const samples = files.map((path): Sample => ({ path, label: classes.length, id: path }));
  return {
    name: basename(top),
    root: top,
    classes: [...classes, unknown],
    samples: samples.sort(byPath),
    unlabelled: true,
    ...(setAside.length > 0 && { setAside }),
  };
}

/** Images in folders of which some are called as classes are: all must be. */
function readNamed(
  root: string,
  top: string,
  { files, folders, named }: Readonly<Record<"files" | "folders" | "named", readonly string[]>>,
): Dataset {
  const other = folders.find((name) => !named.includes(name));
  if (other !== undefined)
    throw new DataError(
      { file: join(top, other) },
      `the folder "${named[0]}" beside it is called as a class of the labelled images, and this one is not`,
      "Call every folder as a class, or none: without classes, put the images into the folder itself",
    );
  const dataset = readDataset(root);
  const beside = files.filter((path) => folderOf(path) === "");
  if (beside.length === 0) return dataset;
  const reasonFor = (path: string): string =>
    new DataError(
      { file: join(top, path) },
      "it lies beside the folders of the classes, and in none",
      "Put it into the folder of its class, or elsewhere",
    ).message;
  const setAside = [...(dataset.setAside ?? []), ...beside.map((path) => ({ path, reason: reasonFor(path) }))];
  return { ...dataset, setAside };
}
