import { rmSync } from "node:fs";
import { useFileSystem, type FileSystem } from "@fledge/files";
import { run, type Outcome } from "@fledge/orchestrator/test/fledge.ts";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect } from "vitest";
import { failingCalls } from "./failing-calls.ts";
import { kindsOfRun } from "./real-runs.ts";

const [commandOf] = kindsOfRun.reproduce;

/** Begins a run in this process on another file system, or goes on with it. */
export async function reproduceOn(system: FileSystem, folder: string): Promise<Outcome> {
  const restore = useFileSystem(system);
  try {
    return await run(...commandOf(folder));
  } finally {
    restore();
  }
}

/** A run that was cut off comes to the bits of one that was not, and is then removed. @param where for messages */
export async function expectSame(folder: string, sound: Record<string, unknown>, where: string): Promise<void> {
  const { code, output } = await reproduceOn(failingCalls(), folder);
  expect(code, `${where}: ${output}`).toBe(0);
  expect(await outcomeOf(folder), where).toEqual(sound);
  rmSync(folder, { recursive: true });
}
