import { parseArgs } from "node:util";
import { benchBudget, type Budget } from "./budget.ts";

/** What the command line of a `*.bench.ts` script and its environment ask for. */
export interface BenchOptions {
  readonly budget: Budget;
  /** Where the figures go: `--json FILE`, or the environment variable FLEDGE_BENCH_JSON. */
  readonly file: string | undefined;
  /** `--adapter NAME`: part of the name of the adapter to measure; undefined for the one that WebGPU prefers. */
  readonly adapter: string | undefined;
  /** `--rung ID`, repeatable: only these rungs, by id or by what follows its slash; empty for all. */
  readonly rungs: readonly string[];
  /** `--shape NAME`, repeatable: only these cases; empty for all. */
  readonly shapes: readonly string[];
}

/** @throws on an option that is not known, and on another FLEDGE_BENCH than quick and full */
export function benchOptions(
  args: readonly string[] = process.argv.slice(2),
  env: NodeJS.ProcessEnv = process.env,
): BenchOptions {
  const one = { type: "string" } as const;
  const several = { type: "string", multiple: true } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { json: one, adapter: one, rung: several, shape: several },
  });
  return {
    budget: benchBudget(env),
    file: values.json ?? env["FLEDGE_BENCH_JSON"],
    adapter: values.adapter,
    rungs: values.rung ?? [],
    shapes: values.shape ?? [],
  };
}

/** Whether `--rung` leaves a rung in. */
export const wantsRung = ({ rungs }: BenchOptions, id: string): boolean =>
  rungs.length === 0 || rungs.some((wanted) => id === wanted || id.endsWith(`/${wanted}`));

/** Whether `--shape` leaves a case in. */
export const wantsShape = ({ shapes }: BenchOptions, name: string): boolean =>
  shapes.length === 0 || shapes.includes(name);
