import { findCases, runCases, summaryByOp, watchRungs, type CaseResult, type OpSummary } from "@fledge/conformance";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { log } from "../log.mjs";
import type { AdapterFlags } from "../options.ts";
import { ReportedFailure } from "../reported-failure.mjs";
import { openGpu } from "../open-gpu.ts";
import { textTable } from "../text-table.ts";

type Flags = AdapterFlags & {
  readonly filter?: string;
  readonly json?: string | true;
  readonly rung?: readonly string[];
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

/** Runs the cases of a folder. @throws ReportedFailure where one fails */
export async function conformance(directory: string, flags: Flags): Promise<void> {
  if (typeof flags.json === "string") await checkWritable(flags.json);
  const cases = await findCases(directory, flags.filter);
  const forced = rungsByKernel(flags.rung ?? []);
  const { rungs, asked } = watchRungs(forced);
  const gpu = await openGpu(flags);
  try {
    const results: CaseResult[] = [];
    for await (const result of runCases(cases, { gpu, rungs })) {
      results.push(result);
      if (flags.json !== true) console.log(describeResult(result));
    }
    const record = JSON.stringify({ adapter: gpu.adapter.name, rungs: forced, results }, null, 2);
    if (typeof flags.json === "string") await writeFileWhole(flags.json, `${record}\n`);
    for (const kernel of Object.keys(forced).filter((name) => !asked.has(name))) {
      log.warn(`none of these cases runs a kernel "${kernel}": forcing ${forced[kernel]} changed nothing`);
    }
    const count = (outcome: CaseResult["outcome"]): number =>
      results.filter((result) => result.outcome === outcome).length;
    if (flags.json === true) console.log(record);
    else console.log(`\n${textTable([columns, ...summaryByOp(results).map(rowOf)]).join("\n")}\n`);
    const sums = `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
    if (flags.json === true) log.info(sums);
    else console.log(sums);
    if (count("failed") > 0) throw new ReportedFailure();
  } finally {
    await gpu.close();
  }
}
