import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readLadders } from "@fledge/bench";
import { shapeKey, type Precision } from "@fledge/runtime";
import { conformanceFile, everyRungFile, pytorchFile, stepsFile, type PartName, type SuiteResult } from "./results.ts";
import { runProcess, type Ended } from "./run-process.ts";

type Findings = Partial<
  Pick<SuiteResult, "doctor" | "conformance" | "rungs" | "steps" | "pytorch" | "ladders" | "demo">
>;

/** What a part came to: its findings, and why it is not whole. */
export interface PartResult extends Findings {
  readonly leftOut?: string | undefined;
  readonly failed?: string | undefined;
  readonly cutOff?: boolean | undefined;
}

export interface PartContext {
  readonly reduced: boolean;
  readonly adapter: string | undefined;
  /** Why the adapter cannot compute in a precision; null where it can. */
  readonly refused: ReadonlyMap<Precision, string | null>;
  /** A folder for what parts write. */
  readonly folder: string;
  /** The time that the part has. */
  readonly seconds: number;
  /** What earlier parts have found. */
  readonly sofar: SuiteResult;
  /** Told of what has been found so far, to be kept. */
  readonly keep: (findings: Findings) => Promise<void>;
}

type RunPart = (context: PartContext) => Promise<PartResult>;

const node = process.execPath;
const fledge = [node, "packages/orchestrator/bin/fledge.mjs"];
const tsx = [node, "--import", "tsx"];

const onAdapter = ({ adapter }: PartContext): string[] => (adapter === undefined ? [] : ["--adapter", adapter]);

/** How a process ended, in the terms of a part. */
const endOf = ({ code, cutOff, tail }: Ended): Pick<PartResult, "failed" | "cutOff"> =>
  cutOff ? { cutOff: true } : code === 0 ? {} : { failed: tail };

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

async function doctor(context: PartContext): Promise<PartResult> {
  const ended = await runProcess([...fledge, "doctor", ...onAdapter(context)], context.seconds);
  return { doctor: ended.stdout.trimEnd().split("\n"), ...endOf(ended) };
}

const countsOf = (results: readonly { readonly outcome: string }[]) => {
  const count = (outcome: string): number => results.filter((one) => one.outcome === outcome).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    failures: results.filter(({ outcome }) => outcome === "failed"),
  };
};

const caseFolders = ["test/conformance/cases", "test/conformance/beyond"];

/** How many seconds of so many are left. */
function countdown(seconds: number): () => number {
  const deadline = performance.now() + 1000 * seconds;
  return () => (deadline - performance.now()) / 1000;
}

/** `fledge conformance` with each of some arguments, a folder and flags; what each wrote is taken, whole or not. */
async function onCases(
  context: PartContext,
  runs: readonly (readonly string[])[],
  take: (run: string, written: unknown) => void,
): Promise<Pick<PartResult, "failed" | "cutOff">> {
  const left = countdown(context.seconds);
  let end: Pick<PartResult, "failed" | "cutOff"> = {};
  for (const [index, run] of runs.entries()) {
    if (left() < 1) return { ...end, cutOff: true };
    const file = join(context.folder, `conformance-${index}.json`);
    rmSync(file, { force: true }); // of an earlier part
    const command = [...fledge, "conformance", ...run, "--json", file, ...onAdapter(context)];
    end = { ...end, ...endOf(await runProcess(command, left())) };
    if (existsSync(file)) take(run.join(" "), readJson(file));
  }
  return end;
}

async function goldenCases(context: PartContext, runs: readonly (readonly string[])[]): Promise<PartResult> {
  const found: SuiteResult["conformance"] = [];
  const end = await onCases(context, runs, (folder, written) =>
    found.push({ folder, ...countsOf(conformanceFile.parse(written).results) }),
  );
  return { conformance: [...context.sofar.conformance, ...found], ...end };
}

/** In f32. */
const conformance: RunPart = (context) =>
  goldenCases(
    context,
    context.reduced ? [[caseFolders[0]!, "--filter", "conv2d_1x1"]] : caseFolders.map((folder) => [folder]),
  );

/** Layers and whole steps in the precisions below f32. */
async function halves(context: PartContext): Promise<PartResult> {
  const able = (["matrix", "f16"] as const).filter((precision) => context.refused.get(precision) === null);
  if (able.length === 0) return { leftOut: `the adapter has none of f16: ${context.refused.get("f16")}` };
  const filters = context.reduced ? ["conv2d_1x1"] : ["conv2d", "resnet"];
  return goldenCases(
    context,
    filters.flatMap((filter) =>
      able.map((precision) => [caseFolders[0]!, "--precision", precision, "--filter", filter]),
    ),
  );
}

async function rungs(context: PartContext): Promise<PartResult> {
  const found: SuiteResult["rungs"] = [];
  const runs = context.reduced ? [[caseFolders[0]!, "--filter", "linear_"]] : caseFolders.map((folder) => [folder]);
  const end = await onCases(
    context,
    runs.map((run) => [...run, "--every-rung"]),
    (_run, written) => {
      for (const { rungs: forced, results } of everyRungFile.parse(written).runs)
        found.push({ rung: Object.values(forced)[0]!, ...countsOf(results) });
    },
  );
  return { rungs: found, ...end };
}

/** Ladders in order of what a training step spends on them. */
const kernels = ["conv2d", "batchnorm", "linear", "pooling", "elementwise", "sgd", "softmax-cross-entropy", "input"];

async function ladders(context: PartContext): Promise<PartResult> {
  const left = countdown(context.seconds);
  const file = join(context.folder, "ladders.json");
  const failures: string[] = [];
  for (const kernel of context.reduced ? ["linear"] : kernels) {
    if (left() < 1) return { ...found(), cutOff: true };
    const ended = await runProcess([...fledge, "bench", kernel, "--json", file, ...onAdapter(context)], left());
    await context.keep(found());
    if (ended.cutOff) return { ...found(), cutOff: true };
    if (ended.code !== 0) failures.push(`${kernel}: ${ended.tail}`);
  }
  return { ...found(), ...(failures.length > 0 && { failed: failures.join("\n") }) };

  function found(): Findings {
    return { ladders: existsSync(file) ? readLadders(file) : {} };
  }
}

type Steps = NonNullable<SuiteResult["steps"]>;

/** What two parts found of steps; a kernel's shape that both tuned is told once. */
function joined(before: SuiteResult["steps"], { runs, refused, tuned }: Steps): Steps {
  if (!before) return { runs, refused, tuned };
  const nameOf = ({ kernel, shape }: Steps["tuned"][number]): string => `${kernel} ${shapeKey(shape)}`;
  const known = new Set(before.tuned.map(nameOf));
  return {
    runs: [...before.runs, ...runs],
    refused: before.refused,
    tuned: [...before.tuned, ...tuned.filter((one) => !known.has(nameOf(one)))],
  };
}

/** @param tuned the precision to tune and measure; absent: all of them on default rungs */
async function stepsOf(context: PartContext, tuned?: Precision): Promise<PartResult> {
  const reason = tuned && context.refused.get(tuned);
  if (reason) return { leftOut: reason };
  const file = join(context.folder, `steps-${tuned ?? "default"}.json`);
  const tuning = tuned ? ["--tune", tuned, "--seconds", context.seconds.toFixed(0)] : [];
  const command = [...tsx, "tools/src/gpu-suite/steps-process.ts", file, ...tuning];
  // What is timed here is measured anew, whatever this machine's cache holds.
  const env = { FLEDGE_CACHE: join(context.folder, "cache") };
  const flags = [...(context.reduced ? ["--reduced"] : []), ...onAdapter(context)];
  const ended = await runProcess([...command, ...flags], context.seconds, env);
  const found = existsSync(file) && { steps: joined(context.sofar.steps, stepsFile.parse(readJson(file))) };
  return { ...found, ...endOf(ended) };
}

async function pytorch(context: PartContext): Promise<PartResult> {
  const python = process.env["FLEDGE_PYTHON"] ?? "python3";
  const file = join(context.folder, "pytorch.json");
  const sizes = context.reduced ? ["2", "64", "--cpu"] : ["32", "224"];
  try {
    const ended = await runProcess([python, "tools/src/gpu-suite/pytorch_step.py", file, ...sizes], context.seconds);
    if (existsSync(file)) return { pytorch: pytorchFile.parse(readJson(file)) };
    return ended.cutOff ? { cutOff: true } : { leftOut: ended.tail.split("\n").at(-1) ?? "it did not run" };
  } catch (error) {
    return { leftOut: `${python}: ${(error as Error).message}; FLEDGE_PYTHON names another Python` };
  }
}

async function demo(context: PartContext): Promise<PartResult> {
  const [birds, run] = [join(context.folder, "birds"), join(context.folder, "run")];
  const left = countdown(context.seconds);
  const drawn = await runProcess(
    [...fledge, "dataset", "make-demo", birds, ...(context.reduced ? ["--species", "2"] : [])],
    context.seconds,
  );
  if (drawn.code !== 0) return endOf(drawn);
  const data = ["--labelled", join(birds, "CUB_200_2010"), "--unlabelled", join(birds, "CUB_200_2011")];
  const epochs = context.reduced ? ["--epochs", "1,1,1"] : [];
  const ended = await runProcess(
    [...fledge, "reproduce", "--preset", "demo", ...data, ...epochs, "--run", run, ...onAdapter(context)],
    left(),
    { FLEDGE_CACHE: join(context.folder, "cache") },
  );
  const end = endOf(ended);
  if (end.cutOff || end.failed !== undefined) return end;
  const { evaluations } = readJson(join(run, "results.json")) as Pick<NonNullable<SuiteResult["demo"]>, "evaluations">;
  return { demo: { seconds: ended.seconds, evaluations } };
}

export const parts: Readonly<Record<PartName, RunPart>> = {
  doctor,
  conformance,
  steps: (context) => stepsOf(context),
  pytorch,
  halves,
  "tuned-matrix": (context) => stepsOf(context, "matrix"),
  "tuned-f16": (context) => stepsOf(context, "f16"),
  ladders,
  demo,
  "tuned-f32": (context) => stepsOf(context, "f32"),
  rungs,
};
