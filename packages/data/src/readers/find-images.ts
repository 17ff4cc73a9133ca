import { join, resolve } from "node:path";
import { isThere } from "@fledge/files";
import type { BrokenImage } from "../dataset.ts";
import { DataError } from "../error.ts";
import { systemPath } from "../file-name.ts";
import { isFolder } from "../unreadable.ts";
import { isImageName } from "./image-folder.ts";
import { walk } from "./real-files.ts";

/** Images that are no data set: nobody says what they show. */
export interface FoundImages {
  /** Paths as they were given, or below a folder that was. */
  readonly files: readonly string[];
  /** What lies among them and is not read. */
  readonly setAside: readonly BrokenImage[];
}

/**
 * The images that are meant by files and folders: a file is one whatever it is called, a folder stands for all images
 * below it, by their extensions, sorted by path.
 * @throws DataError where one is not there, or a folder holds no image
 */
export function findImages(given: readonly string[]): FoundImages {
  const files: string[] = [];
  const setAside: BrokenImage[] = [];
  for (const path of given) {
    if (!isThere(systemPath(path)))
      throw new DataError({ file: path }, "there is no such file or folder", "Name image files, or folders of them");
    if (!isFolder(path)) {
      files.push(path);
      continue;
    }
    const found = walk(resolve(path), isImageName, true);
    if (found.files.length + found.setAside.length === 0)
      throw new DataError({ file: path }, "there is no image in this folder", "Name one with JPEG, PNG or WebP files");
    files.push(...found.files.sort().map((file) => join(path, file)));
    setAside.push(...found.setAside.map(({ path: file, reason }) => ({ path: join(path, file), reason })));
  }
  return { files, setAside };
}
