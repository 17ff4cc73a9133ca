import { statSync } from "node:fs";

/**
 * Why what a path leads to cannot be read as a file, in words: a folder, or a pipe or device, from which reading waits
 * for ever or never ends. Null for a file, and where nothing can be found out: reading then says why.
 */
export function whyNoFile(path: string | Buffer): string | null {
  let stat;
  try {
    stat = statSync(path);
  } catch {
    return null;
  }
  if (stat.isFile()) return null;
  return stat.isDirectory() ? "it is a directory, not a file" : "it is a pipe or a device, not a file";
}
