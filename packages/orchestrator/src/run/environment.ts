import { readFile } from "node:fs/promises";
import os from "node:os";
import { precisions, type AdapterDescription, type Precision } from "@fledge/runtime";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";
import { ownCommit, librariesInUse } from "./code-version.ts";
import { ownCommand } from "./own-command.ts";
import { parseJson } from "./read-records.ts";
import type { RunDirectory } from "./run-directory.ts";

export interface Environment {
  readonly startedAt: string;
  readonly command: string;
  readonly commit: string;
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly packages: Readonly<Record<string, string>>;
  readonly adapter: Pick<
    AdapterDescription,
    "name" | "vendor" | "architecture" | "driver" | "software" | "subgroupSize"
  >;
  /** `training.precision`; absent in runs of earlier versions, which are f32. */
  readonly precision?: Precision;
  /** Every later command that computed for this run, in order; absent before the first. */
  readonly resumes?: readonly Resume[];
}

/** A command that went on with a run. */
export type Resume = Pick<Environment, "startedAt" | "command" | "commit" | "node" | "adapter">;

const texts = { startedAt: z.string(), command: z.string(), commit: z.string(), node: z.string() };

const adapter = z.looseObject({
  name: z.string(),
  vendor: z.string(),
  architecture: z.string(),
  driver: z.string(),
  software: z.boolean(),
  subgroupSize: z.number(),
});

/** `environment.json`, with what a later version may add. */
export const environmentSchema = z.looseObject({
  ...texts,
  system: z.string(),
  cpu: z.string(),
  cores: z.number(),
  memoryGiB: z.number(),
  packages: z.record(z.string(), z.string()),
  adapter,
  precision: z.enum(precisions).exactOptional(),
  resumes: z.array(z.looseObject({ ...texts, adapter })).exactOptional(),
}) satisfies z.ZodType<Environment>;

/** Where and with what a run computes: enough to tell two runs apart. */
export async function describeEnvironment(adapter: AdapterDescription, precision: Precision): Promise<Environment> {
  const { name, vendor, architecture, driver, software, subgroupSize } = adapter;
  return {
    startedAt: new Date().toISOString(),
    command: ownCommand(),
    commit: await ownCommit(),
    node: process.version,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    packages: librariesInUse(),
    adapter: { name, vendor, architecture, driver, software, subgroupSize },
    precision,
  };
}

/** Where a run began, and what went on with it. @throws UsageError where the file is not there or damaged */
export async function environmentOf(run: RunDirectory): Promise<Environment> {
  const file = run.file("environment.json");
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`${file} cannot be read (${error.message}): restore it or start a new run`);
  });
  return parseJson(text, environmentSchema, file, "restore it or start a new run");
}

/** Adds a command that goes on with the run to its environment.json. */
export async function recordResume(
  run: RunDirectory,
  { startedAt, command, commit, node, adapter }: Environment,
): Promise<void> {
  const before = await environmentOf(run);
  const resumes: Resume[] = [...(before.resumes ?? []), { startedAt, command, commit, node, adapter }];
  await run.writeJson("environment.json", { ...before, resumes });
}
