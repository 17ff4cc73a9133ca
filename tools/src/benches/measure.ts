import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@fledge/files";
import { readResults } from "@fledge/bench";
import type { BenchProject } from "./projects.ts";

/** What one project's scripts measured, by title, and which of them failed. */
export interface Measured {
  readonly results: Readonly<Record<string, unknown>>;
  readonly failed: readonly string[];
}

/**
 * Runs a project's `*.bench.ts` one after the other, their output shown.
 * @param args for each script: `--rung`, `--shape`, `--adapter`
 */
export function measure(workspace: string, { scripts }: BenchProject, mode: string, args: readonly string[]): Measured {
  const folder = temporaryFolder("fledge-bench-");
  try {
    const file = join(folder, "results.json");
    const env = { ...process.env, FLEDGE_BENCH: mode, FLEDGE_BENCH_JSON: file };
    const failed = scripts.filter((script) => {
      const command = [
        ...["tsx", "./plain-errors.ts"].flatMap((name) => ["--import", import.meta.resolve(name)]),
        script,
        ...args,
      ];
      console.log(`\n$ tsx ${[script, ...args].join(" ")}`);
      return (
        spawnSync(process.execPath, command, { cwd: workspace, env, stdio: ["ignore", "inherit", "inherit"] })
          .status !== 0
      );
    });
    return { results: existsSync(file) ? readResults(file) : {}, failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
