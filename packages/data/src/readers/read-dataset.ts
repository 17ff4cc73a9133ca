import { join } from "node:path";
import type { Dataset } from "../dataset.ts";
import { isFolder, lookAt } from "../unreadable.ts";
import { readCub2010 } from "./cub2010.ts";
import { readCub2011 } from "./cub2011.ts";
import { readImageFolder } from "./image-folder.ts";
import { requireFolder } from "./require-folder.ts";

/**
 * Reads a data set in whichever layout its folder has: CUB-200 of 2010 (lists/), CUB-200-2011 (images.txt), or one
 * folder of images per class. Throws DataError where the folder is missing or not what its layout promises.
 */
export function readDataset(root: string): Dataset {
  requireFolder(root, "the folder of a data set");
  if (isFolder(join(root, "lists"))) return readCub2010(root);
  if (lookAt(join(root, "images.txt")) || lookAt(join(root, "CUB_200_2011", "images.txt"))) return readCub2011(root);
  return readImageFolder(isFolder(join(root, "images")) ? join(root, "images") : root);
}
