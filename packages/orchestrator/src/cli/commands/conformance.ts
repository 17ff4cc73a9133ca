import {
  findCases,
  rungsOfCases,
  runCases,
  summaryByOp,
  watchRungs,
  type CaseResult,
  type OpSummary,
} from "@fledge/conformance";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { whyNotPrecision, type Gpu, type Precision } from "@fledge/runtime";
import { UsageError } from "../../config/resolve.ts";
import { duration } from "../duration.ts";
import { isLive, log } from "../log.mjs";
import type { AdapterFlags } from "../options.ts";
import { ReportedFailure } from "../reported-failure.mjs";
import { openGpu } from "../open-gpu.ts";
import { Progress } from "../progress.ts";
import { textTable } from "../text-table.ts";

type Flags = AdapterFlags & {
  readonly filter?: string;
  readonly json?: string | true;
  readonly rung?: readonly string[];
  readonly everyRung?: true;
  readonly precision?: Precision;
  readonly augmentOn: "cpu" | "device";
};

function rungsByKernel(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    ids.map((id) => {
      const kernel = id.split("/")[0];
      if (!kernel || kernel === id)
        throw new UsageError(`--rung wants an id like conv2d-forward/01-naive, got "${id}"`);
      return [kernel, id];
    }),
  );
}

function describeResult({ name, outcome, worst, reason }: CaseResult): string {
  const detail = worst
    ? `error ${worst.error.toExponential(2)}, tolerance ${worst.tolerance} (${worst.tensor})`
    : (reason ?? "");
  return `${outcome.padEnd(8)} ${name.padEnd(44)} ${detail}`;
}

const columns = ["op", "cases", "passed", "failed", "skipped", "worst error", "tolerance", "of", "in case"];

function rowOf({ op, passed, failed, skipped, worst }: OpSummary): string[] {
  const counts = [passed + failed + skipped, passed, failed, skipped].map(String);
  const closest = worst ? [worst.error.toExponential(2), String(worst.tolerance), worst.tensor, worst.name] : [];
  return [op || "(not read)", ...counts, ...closest];
}

/** What all cases of a command run on. */
interface Context {
  readonly gpu: Gpu;
  readonly precision: Precision;
  readonly augmentOn: "cpu" | "device";
  /** Prints a line of text, unless JSON takes the text's place. */
  readonly say: (line: string) => void;
  /** Begins to show how far so many cases are. */
  readonly progressOf: (cases: number) => Progress;
}

/** Cases with the rungs that were forced for them, by kernel. */
interface Forced {
  readonly rungs: Readonly<Record<string, string>>;
  readonly results: CaseResult[];
}

/** The cases on the defaults, or on the rungs that are forced together. */
async function runOnce(
  context: Context,
  cases: readonly string[],
  forced: Readonly<Record<string, string>>,
): Promise<Forced> {
  const { rungs, asked } = watchRungs(forced);
  const results: CaseResult[] = [];
  const progress = context.progressOf(cases.length);
  try {
    for await (const result of runCases(cases, { ...context, rungs })) {
      results.push(result);
      context.say(describeResult(result));
      progress.add(1);
    }
  } finally {
    progress.close();
  }
  for (const kernel of Object.keys(forced).filter((name) => !asked.has(name)))
    log.warn(`none of these cases runs a kernel "${kernel}": forcing ${forced[kernel]} changed nothing`);
  return { rungs: forced, results };
}

const countIn = (results: readonly CaseResult[], outcome: CaseResult["outcome"]): number =>
  results.filter((result) => result.outcome === outcome).length;

/**
 * Each rung in turn on its kernel's cases: a line for a rung, and below it what failed.
 * @param keep told of all so far after each rung, so that who interrupts it has those
 */
async function runEveryRung(
  context: Context,
  cases: readonly string[],
  keep: (runs: readonly Forced[]) => Promise<void>,
): Promise<Forced[]> {
  const all: Forced[] = [];
  const asked = rungsOfCases(cases);
  const progress = context.progressOf(asked.reduce((sum, { cases: own }) => sum + own.length, 0));
  try {
    for (const { kernel, rung, cases: own } of asked) {
      const rungs = { [kernel]: rung.id };
      const results: CaseResult[] = [];
      for await (const result of runCases(own, { ...context, rungs })) {
        results.push(result);
        progress.add(1);
      }
      const counts = (["passed", "failed", "skipped"] as const).map(
        (outcome) => `${countIn(results, outcome)} ${outcome}`,
      );
      const skipped = results.find(({ outcome }) => outcome === "skipped");
      context.say(`${rung.id.padEnd(44)} ${counts.join(", ")}${skipped ? `: ${skipped.reason}` : ""}`);
      for (const failed of results.filter(({ outcome }) => outcome === "failed")) context.say(describeResult(failed));
      all.push({ rungs, results });
      await keep(all);
    }
  } finally {
    progress.close();
  }
  if (all.length === 0) throw new UsageError("--every-rung: no ladder's kernel is reached by these cases");
  return all;
}

/** Runs the cases of a folder. @throws ReportedFailure where one fails */
export async function conformance(directory: string, flags: Flags): Promise<void> {
  if (flags.everyRung && flags.rung) throw new UsageError("--every-rung forces them all: leave --rung out");
  if (typeof flags.json === "string") await checkWritable(flags.json);
  const startedAt = performance.now();
  const cases = await findCases(directory, flags.filter);
  const forced = rungsByKernel(flags.rung ?? []);
  const gpu = await openGpu(flags);
  try {
    const adapter = gpu.adapter.name;
    const { precision = "f32", augmentOn } = flags;
    const lack = whyNotPrecision(precision, gpu.traits);
    if (lack !== null) throw new UsageError(`--precision: ${precision} cannot be computed on "${adapter}": ${lack}`);
    const say = (line: string): void => {
      if (flags.json !== true) console.log(line);
    };
    // On a terminal that shows a line for each case a bar would break them.
    const live = isLive() && (flags.json === true || !process.stdout.isTTY);
    const progressOf = (cases: number): Progress => new Progress("golden cases", cases, { unit: "cases", live });
    const context = { gpu, precision, augmentOn, say, progressOf };
    const recordOf = (content: object): string =>
      JSON.stringify({ adapter, precision, augmentOn, ...content }, null, 2);
    const keep = async (content: object): Promise<void> => {
      if (typeof flags.json === "string") await writeFileWhole(flags.json, `${recordOf(content)}\n`);
    };
    const runs = flags.everyRung
      ? await runEveryRung(context, cases, (done) => keep({ runs: done }))
      : [await runOnce(context, cases, forced)];
    const results = runs.flatMap((run) => run.results);
    const content = flags.everyRung ? { runs } : { rungs: forced, results };
    if (!flags.everyRung) await keep(content);
    if (flags.json === true) console.log(recordOf(content));
    say(`\n${textTable([columns, ...summaryByOp(results).map(rowOf)]).join("\n")}\n`);
    const [passed, failed, skipped] = (["passed", "failed", "skipped"] as const).map((one) => countIn(results, one));
    const sums = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    log.info(`the cases took ${duration((performance.now() - startedAt) / 1000)}`);
    if (flags.json === true) log.info(sums);
    else console.log(sums);
    if (failed! > 0) throw new ReportedFailure();
  } finally {
    await gpu.close();
  }
}
