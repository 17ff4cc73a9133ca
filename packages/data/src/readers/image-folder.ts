import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Dataset, Sample } from "../dataset.ts";
import { byPath } from "../dataset.ts";
import { DataError } from "../error.ts";

/** torchvision.datasets.folder.IMG_EXTENSIONS; compared in lower case, as there. */
const imageExtensions = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

/**
 * Reads a folder of class folders as torchvision.datasets.ImageFolder does: classes sorted by name, images sorted by
 * path within the class, folders inside a class followed, files that are no image by their extension passed over.
 * Throws DataError when there is no class folder, or a class without an image.
 */
export function readImageFolder(root: string): Dataset {
  const top = resolve(root);
  if (!isFolder(top)) throw new DataError({ file: top }, "this folder does not exist", "Check the path");
  const classes = readdirSync(top)
    .filter((entry) => isFolder(join(top, entry)))
    .sort();
  if (classes.length === 0) {
    throw new DataError({ file: top }, "there is no class folder in it", "Name the folder that holds one per class");
  }
  const samples = classes.flatMap((name, label): Sample[] => {
    const paths = imagesUnder(top, name);
    if (paths.length === 0) {
      const mend = `Add images (${imageExtensions.join(" ")}) or remove the folder`;
      throw new DataError({ file: join(top, name) }, "this class folder holds no image", mend);
    }
    return paths.map((path) => ({ path, label, id: path }));
  });
  return { name: basename(top), root: top, classes, samples: samples.sort(byPath) };
}

function imagesUnder(top: string, folder: string): string[] {
  return readdirSync(join(top, folder)).flatMap((entry) => {
    const path = `${folder}/${entry}`;
    if (isFolder(join(top, path))) return imagesUnder(top, path);
    const name = entry.toLowerCase();
    return imageExtensions.some((extension) => name.endsWith(extension)) ? [path] : [];
  });
}

/** True for a folder and for a link to one. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
