import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Dataset, Sample } from "../dataset.ts";
import { byPath } from "../dataset.ts";
import { DataError } from "../error.ts";
import { systemPath } from "../file-name.ts";
import { reading } from "../unreadable.ts";
import type { Row } from "./list-file.ts";
import { RealFiles } from "./real-files.ts";

/** Undefined where there is nothing of that name. */
function statOf(file: string, row: Row): Stats | undefined {
  try {
    return reading(file, () => lstatSync(systemPath(file), { throwIfNoEntry: false }));
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new DataError(row, `the image "${file}" cannot be reached (${code})`, "Mend the line", error);
  }
}

/**
 * The samples of a list in ImageFolder order, less those whose file is a link to nothing, no file, or another's file
 * once more. Throws DataError, naming the line, where there is nothing of the listed name.
 */
export function listedSamples(
  root: string,
  listed: ReadonlyMap<Sample, Row>,
): Pick<Dataset, "samples"> & Pick<Dataset, "setAside"> {
  const links: Sample[] = [];
  const files: Sample[] = [];
  for (const [sample, row] of listed) {
    const file = join(root, sample.path);
    if (sample.path.split(/[\\/]/).includes("..")) {
      throw new DataError(row, `"${sample.path}" leaves the folder of the images`, "Mend the line");
    }
    const stat = statOf(file, row);
    if (stat === undefined) {
      const mend = "Extract the images again or remove the image from every list";
      throw new DataError(row, `the image "${file}" does not exist`, mend);
    }
    (stat.isSymbolicLink() ? links : files).push(sample);
  }
  const real = new RealFiles(root);
  // Links last, so that of a file's names the one that is no link counts.
  const samples = [...files, ...links].filter(({ path }) => {
    const kind = real.take(path);
    if (kind === "folder") real.refuse(path, "a folder, and the lists have it as an image", "Mend the lists");
    return kind === "file";
  });
  return { samples: samples.sort(byPath), ...(real.setAside.length > 0 && { setAside: real.setAside }) };
}
