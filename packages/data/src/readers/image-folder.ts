import { basename, join, resolve } from "node:path";
import type { Dataset, Sample } from "../dataset.ts";
import { byPath } from "../dataset.ts";
import { DataError } from "../error.ts";
import { isFolder } from "../unreadable.ts";
import { walk } from "./real-files.ts";

/** torchvision.datasets.folder.IMG_EXTENSIONS; compared in lower case, as there. */
const imageExtensions = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

export const isImageName = (name: string): boolean =>
  imageExtensions.some((extension) => name.toLowerCase().endsWith(extension));

/**
 * Reads a folder of class folders as torchvision.datasets.ImageFolder does: classes sorted by name, images sorted by
 * path within the class, folders inside a class followed, files that are no image by their extension passed over.
 * Unlike there, each file and folder counts once, whatever links lead to it; `setAside` has what is left out.
 * Throws DataError when there is no class folder, a class without an image, or one level of folders too many.
 */
export function readImageFolder(root: string): Dataset {
  const top = resolve(root);
  if (!isFolder(top)) throw new DataError({ file: top }, "this folder does not exist", "Check the path");
  const { folders: classes, files, setAside } = walk(top, isImageName);
  classes.sort();
  if (classes.length === 0) {
    throw new DataError({ file: top }, "there is no class folder in it", "Name the folder that holds one per class");
  }
  const labels = new Map(classes.map((name, label) => [name, label]));
  const samples = files.flatMap((path): Sample[] => {
    const label = labels.get(path.slice(0, path.indexOf("/")));
    return label === undefined ? [] : [{ path, label, id: path }];
  });
  const counted = new Set(samples.map(({ label }) => label));
  const empty = classes.find((_, label) => !counted.has(label));
  if (empty !== undefined) {
    const first = setAside.find(({ path }) => path.startsWith(`${empty}/`));
    const left = first === undefined ? "" : ` but what is set aside (${first.reason})`;
    const mend = "Add images (JPEG, PNG or WebP) or remove the folder";
    throw new DataError({ file: join(top, empty) }, `this class folder holds no image${left}`, mend);
  }
  checkLevels(top, classes, samples);
  return {
    name: basename(top),
    root: top,
    classes,
    samples: samples.sort(byPath),
    ...(setAside.length > 0 && { setAside }),
  };
}

/** What people call the folders of a split and of a data set's images. */
const levelNames = /^(train|training|test|testing|val|valid|validation|dev|images|imgs)$/i;

/** Refuses folders whose own folders are the classes, `{train,test}/<class>` or `images/<class>`. */
function checkLevels(top: string, classes: readonly string[], samples: readonly Sample[]): void {
  const levels = samples.map(({ path }) => path.split("/"));
  if (levels.some(({ length }) => length < 3)) return;
  const below = new Set(levels.map(([, name]) => name!));
  const nested = classes.length === 1 ? below.size > 1 : classes.every((name) => levelNames.test(name));
  const around = [...below].every((name) => levelNames.test(name));
  if (!nested && !around) return;
  const problem = `the images of "${classes.slice(0, 2).join('" and "')}" lie one level deeper, so these are no classes`;
  const folder = around ? join(top, classes[0]!, [...below][0]!) : join(top, classes[0]!);
  throw new DataError({ file: top }, problem, `Name the folder that holds one per class, such as ${folder}`);
}
