import { spawn, type StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { endOfChild, withTemporaryFolder } from "@fledge/files";
import { readResults } from "@fledge/bench";
import { duration } from "../../ci/duration.mjs";
import type { BenchProject } from "./projects.ts";

/** What one project's scripts measured, by title, and which of them failed. */
export interface Measured {
  readonly results: Readonly<Record<string, unknown>>;
  readonly failed: readonly string[];
}

export interface MeasureOptions {
  readonly workspace: string;
  readonly mode: string;
  /** Prints the figures as JSON in place of the scripts' tables, which go to stderr. */
  readonly printJson: boolean;
  /** Says nothing of what runs. */
  readonly quiet: boolean;
}

/**
 * Runs a project's `*.bench.ts` one after the other, their output shown.
 * @param args for each script: `--rung`, `--shape`, `--adapter`
 */
export function measure(
  { scripts }: BenchProject,
  { workspace, mode, printJson, quiet }: MeasureOptions,
  args: readonly string[],
): Promise<Measured> {
  const tables = printJson ? (quiet ? "ignore" : 2) : "inherit";
  return withTemporaryFolder("fledge-bench", async (folder) => {
    const file = join(folder, "results.json");
    const env = { ...process.env, FLEDGE_BENCH: mode, FLEDGE_BENCH_JSON: file };
    const failed: string[] = [];
    for (const script of scripts) {
      const command = [
        ...["tsx", "./plain-errors.ts"].flatMap((name) => ["--import", import.meta.resolve(name)]),
        script,
        ...args,
      ];
      if (!quiet) console.error(`\n$ tsx ${[script, ...args].join(" ")}`);
      const startedAt = performance.now();
      const stdio: StdioOptions = ["ignore", tables, "inherit"];
      const code = await endOfChild(spawn(process.execPath, command, { cwd: workspace, env, stdio }));
      if (!quiet) console.error(`${script}: ${duration((performance.now() - startedAt) / 1000)}`);
      if (code !== 0) failed.push(script);
    }
    return { results: existsSync(file) ? readResults(file) : {}, failed };
  });
}
