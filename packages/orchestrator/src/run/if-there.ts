import { readFile } from "node:fs/promises";
import { whyNoFile } from "@fledge/files";
import { UsageError } from "../config/resolve.ts";

/** Whether an error of the system says that nothing is there; any other leaves open what there is. */
export const saysAbsent = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** For `catch`: undefined where nothing is there. @throws any other error */
export function ifAbsent(error: unknown): undefined {
  if (!saysAbsent(error)) throw error;
}

/** A file's text; undefined where it is not there. @throws UsageError where it is no file, or the system's error */
export async function readIfThere(file: string): Promise<string | undefined> {
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new UsageError(`${file}: ${wrong}; put the run's own file in its place`);
  return readFile(file, "utf8").catch(ifAbsent);
}
