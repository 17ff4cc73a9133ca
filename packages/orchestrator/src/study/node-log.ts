import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A node's log, which is kept: all that was done for it, here or as a job of a cluster, in order. */
export const logOf = (folder: string, id: string): string => join(folder, "logs", `${id.replace("/", "-")}.log`);

/** How a node's work ended, or that it was cut off without a word; undefined where none began. */
export type NodeEnd = "done" | "failed" | "stopped" | "cut off" | undefined;

/** The line that begins a command's part of a log. */
export const beginLine = (args: readonly string[]): string => `$ fledge ${args.join(" ")}\n`;

/** The line that says how a node's work ended. @param why in a few words */
export const endLine = (end: Exclude<NodeEnd, "cut off" | undefined>, why = ""): string =>
  `= ${end}${why === "" ? "" : `: ${why}`}\n`;

/** Said of a stop that lost all that was done since the start before it. */
export const nothingSaved = "nothing was saved since it began";

/** A node's log as its file holds it; empty where there is none. */
export async function readLog(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** How the last work that a log tells of ended. */
export function endOf(log: string): NodeEnd {
  const last = log.split("\n").findLast((line) => /^(\$ fledge |# job \S+ on |= (done|failed|stopped))/.test(line));
  if (last === undefined) return undefined;
  return last.startsWith("= ") ? (/^= (\w+)/.exec(last)![1] as NodeEnd) : "cut off";
}

/** The last error that a log tells of; empty where it tells of none. */
export function errorOf(log: string): string {
  const line = log.split("\n").findLast((one) => /^\s*(\[error\]|ERROR)/i.test(one));
  return line?.replace(/^\s*(\[error\]|ERROR)\s*/i, "") ?? "";
}

/** How often in a row, up to its end, work was stopped before anything was saved. */
export function fruitlessStops(log: string): number {
  const ends = log.split("\n").filter((line) => line.startsWith("= "));
  const fruitful = ends.findLastIndex((line) => !line.endsWith(nothingSaved));
  return ends.length - 1 - fruitful;
}
