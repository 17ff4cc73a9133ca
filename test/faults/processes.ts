import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { lockName } from "@fledge/files";
import { bundled } from "./bundled.ts";

/** Makes the process kill itself at a call of the file system, counted from 0. */
export interface AtCall {
  readonly call: number;
  readonly moment: "before" | "during" | "after";
}

export interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly output: string;
}

/** `fledge` in a process of its own. */
export interface FledgeProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly isOver: () => boolean;
}

let program: Promise<string> | undefined;

/** Starts `fledge`, in surroundings as they are here. */
export async function startFledge(args: readonly string[], { call, moment }: AtCall = never): Promise<FledgeProcess> {
  const file = await (program ??= bundled("killed-at.ts"));
  const child = spawn(process.execPath, [file, `${call}`, moment, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = closed.then(([code, signal]) => ({ code, killed: signal === "SIGKILL", output }));
  return { child, ended, isOver: () => child.exitCode !== null || child.signalCode !== null };
}

const never: AtCall = { call: -1, moment: "after" };

/** A lock that a dead process left is not this one's. */
export function holds(run: string, pid: number): boolean {
  const file = join(run, lockName);
  return existsSync(file) && readFileSync(file, "utf8").includes(`"pid":${pid},`);
}

/** Resolves once a process has taken a run, or is over. */
export async function taken(run: string, { child, isOver }: FledgeProcess): Promise<void> {
  while (!isOver() && !holds(run, child.pid!)) await wait(5);
}
