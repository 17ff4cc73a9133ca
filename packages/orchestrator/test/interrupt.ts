import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The command's own file, for processes that are to be ended. */
export const command = join(import.meta.dirname, "..", "bin", "fledge.mjs");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** What a process said, and how it ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  let output = "";
  child.stdout!.on("data", (chunk) => (output += String(chunk)));
  child.stderr!.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, output })));
}

/** Where a process ends itself. */
export interface End {
  /** Once it has put this file of its run in its place. */
  readonly file: string;
  /** Lines of epochs that the file then holds. */
  readonly epochs?: number;
  /** Milliseconds later. */
  readonly afterMs?: number;
  readonly signal: NodeJS.Signals;
}

const endAt = pathToFileURL(join(import.meta.dirname, "fixtures", "end-at.mjs")).href;

/** Runs `fledge reproduce` in a process of its own, which ends itself there. */
export function runUntil(end: End, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", endAt, command, "reproduce", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FLEDGE_TEST_END_AT: JSON.stringify(end) },
  });
  return ended(child);
}
