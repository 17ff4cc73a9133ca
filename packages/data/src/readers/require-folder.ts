import { DataError } from "../error.ts";
import { isFolder, lookAt } from "../unreadable.ts";

/** @param what is to be given, such as "the folder of the images" @throws DataError where a path leads to no folder */
export function requireFolder(path: string, what: string): void {
  if (isFolder(path)) return;
  if (!lookAt(path)) throw new DataError({ file: path }, "there is no such folder", `Give ${what}`);
  const unpack =
    "npx fledge dataset verify --labelled images.tgz lists.tgz --unlabelled CUB_200_2011.tgz --extract data";
  const mend = `Give ${what}; the archives are unpacked by "${unpack}"`;
  throw new DataError({ file: path }, "it is a file and no folder", mend);
}
