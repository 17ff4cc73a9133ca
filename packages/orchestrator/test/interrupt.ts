import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

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

/** Runs `fledge reproduce` in a process of its own, which `signal` ends as soon as `reached`. */
export async function endWhen(
  reached: () => boolean | Promise<boolean>,
  signal: NodeJS.Signals,
  ...args: string[]
): Promise<Ended> {
  const child = spawn(process.execPath, [command, "reproduce", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const end = ended(child);
  while (!(await reached()) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill(signal);
  return end;
}
