import { basename } from "node:path";
import { loadCase, type GoldenCase } from "@fledge/golden-cases";
import { UnsupportedRungError } from "@fledge/runtime";
import { compare, shareOfTolerance, type Comparison } from "./compare.ts";
import { Unsupported, type ConformanceContext } from "./context.ts";
import { halfRungs, halfTolerance, reducedTolerance, whyBeyondHalf } from "./half-rungs.ts";
import { compareRows } from "./operators/recipe-network.ts";
import { comparers, runners } from "./operators/table.ts";

export interface CaseResult {
  readonly name: string;
  readonly op: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The tensor closest to its tolerance, or past it; absent where nothing was compared. */
  readonly worst?: Comparison;
  readonly reason?: string;
}

/** Outputs that FORMAT.md lets an implementation leave out: the batch moments are internal to our programs. */
const mayBeLeftOut = new Set(["batch_mean", "batch_var"]);

function expectedOf({ op, outputs, gradients }: GoldenCase): string[] {
  const skips = op.startsWith("batchnorm2d_");
  return [...outputs.filter((name) => !(skips && mayBeLeftOut.has(name))), ...Object.values(gradients)];
}

/** Runs one case and compares every expected tensor. @throws where it cannot be run */
async function compareCase(golden: GoldenCase, context: ConformanceContext): Promise<CaseResult> {
  const { name, op } = golden;
  const runner = Object.hasOwn(runners, op) ? runners[op]! : undefined;
  if (!runner) throw new Unsupported(`there is no op "${op}"; there is ${Object.keys(runners).join(", ")}`);
  const expected = expectedOf(golden);
  if (expected.length === 0) throw new Error("case.json lists no output and no gradient to compare");
  const reduced = (context.precision ?? "f32") !== "f32";
  const beyond = reduced ? whyBeyondHalf(golden, expected) : null;
  if (beyond !== null) return { name, op, outcome: "skipped", reason: beyond };
  const computed = await runner(golden, context);
  const compareTensor = (tensor: string): Comparison => {
    const compared = compareInSingle(tensor);
    if (!reduced) return compared;
    return { ...compared, tolerance: Math.max(compared.tolerance, reducedTolerance(golden, tensor)) };
  };
  const compareInSingle = (tensor: string): Comparison => {
    const out = computed.get(tensor);
    const rows = op === "resnet50_recipe_train" && out ? compareRows(golden, tensor, out) : null;
    return rows ?? compare(golden, tensor, computed);
  };
  const comparisons = Object.hasOwn(comparers, op) ? comparers[op]!(golden, computed) : expected.map(compareTensor);
  const worst = comparisons.reduce((a, b) => (shareOfTolerance(b) > shareOfTolerance(a) ? b : a));
  if (comparisons.every(({ error, tolerance }) => error <= tolerance)) return { name, op, outcome: "passed", worst };
  const half = Object.values(context.rungs).find((id) => halfRungs.has(id));
  if (half === undefined || !comparisons.every(({ error }) => error <= halfTolerance))
    return { name, op, outcome: "failed", worst };
  const reason = `${half} rounds operands to f16: its error of ${worst.error.toExponential(2)} is above the tolerance for f32, ${worst.tolerance}`;
  return { name, op, outcome: "skipped", reason };
}

async function runCase(directory: string, context: ConformanceContext): Promise<CaseResult> {
  let golden: GoldenCase | undefined;
  try {
    golden = loadCase(directory);
    return await compareCase(golden, context);
  } catch (error) {
    const skipped = error instanceof UnsupportedRungError || (error instanceof Unsupported && golden?.optional);
    const { name, op } = golden ?? { name: basename(directory), op: "" };
    const reason = (error as Error).message.replaceAll(/\s*\n\s*/g, " ");
    return { name, op, outcome: skipped ? "skipped" : "failed", reason };
  }
}

/**
 * Runs cases one after the other. One that cannot be run is a failure, unless a forced rung does not support it, or it
 * is optional and asks for what does not exist here. A forced rung of f16 operands that is too inexact is skipped.
 */
export async function* runCases(
  directories: readonly string[],
  context: ConformanceContext,
): AsyncGenerator<CaseResult> {
  for (const directory of directories) yield await runCase(directory, context);
}
