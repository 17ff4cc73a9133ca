import { benchBudget } from "./budget.ts";
import type { Budget } from "./budgets.ts";
import { flagsOf } from "./command-line.ts";
import { tellPlainly } from "./plain-errors.ts";

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

const usage = `options of a benchmark
  --json FILE      keeps the figures here too
  --adapter NAME   part of the name of the adapter to measure
  --rung ID        only this rung; may be repeated
  --shape NAME     only this case; may be repeated`;

const one = { type: "string" } as const;
const several = { type: "string", multiple: true } as const;
const flags = { json: one, adapter: one, rung: several, shape: several } as const;

/** @throws OptionsError on an option that is not known, and on another FLEDGE_BENCH than quick and full */
export function benchOptions(args: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const values = flagsOf(args, flags);
  return {
    budget: benchBudget(env),
    file: values.json ?? env["FLEDGE_BENCH_JSON"],
    adapter: values.adapter,
    rungs: values.rung ?? [],
    shapes: values.shape ?? [],
  };
}

/** `benchOptions` of the script that runs; --help ends it, and from here on an error with a mend does so in a sentence. */
export function scriptOptions(): BenchOptions {
  tellPlainly();
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    process.exit(0);
  }
  return benchOptions(args, process.env);
}

/** Whether `--rung` leaves a rung in. */
export const wantsRung = ({ rungs }: BenchOptions, id: string): boolean =>
  rungs.length === 0 || rungs.some((wanted) => id === wanted || id.endsWith(`/${wanted}`));

/** Whether `--shape` leaves a case in. */
export const wantsShape = ({ shapes }: BenchOptions, name: string): boolean =>
  shapes.length === 0 || shapes.includes(name);
