import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readLadders } from "@fledge/bench";
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
  /** A folder for what parts write. */
  readonly folder: string;
  /** The time that the part has. */
  readonly seconds: number;
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

/** `fledge conformance` on each folder of cases, in a reduced run on some of the first; what each wrote is taken, whole or not. */
async function onCaseFolders(
  context: PartContext,
  { flags, reducedTo }: { readonly flags: readonly string[]; readonly reducedTo: string },
  take: (folder: string, written: unknown) => void,
): Promise<Pick<PartResult, "failed" | "cutOff">> {
  const left = countdown(context.seconds);
  const [folders, filter] = context.reduced ? [caseFolders.slice(0, 1), ["--filter", reducedTo]] : [caseFolders, []];
  let end: Pick<PartResult, "failed" | "cutOff"> = {};
  for (const [index, folder] of folders.entries()) {
    const file = join(context.folder, `conformance${flags.join("")}-${index}.json`);
    const command = [...fledge, "conformance", folder, "--json", file, ...flags, ...filter, ...onAdapter(context)];
    end = { ...end, ...endOf(await runProcess(command, left())) };
    if (existsSync(file)) take(folder, readJson(file));
  }
  return end;
}

async function conformance(context: PartContext): Promise<PartResult> {
  const found: SuiteResult["conformance"] = [];
  const end = await onCaseFolders(context, { flags: [], reducedTo: "conv2d_1x1" }, (folder, written) =>
    found.push({ folder, ...countsOf(conformanceFile.parse(written).results) }),
  );
  return { conformance: found, ...end };
}

async function rungs(context: PartContext): Promise<PartResult> {
  const found: SuiteResult["rungs"] = [];
  const end = await onCaseFolders(context, { flags: ["--every-rung"], reducedTo: "linear_" }, (_folder, written) => {
    for (const { rungs: forced, results } of everyRungFile.parse(written).runs)
      found.push({ rung: Object.values(forced)[0]!, ...countsOf(results) });
  });
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

async function steps(context: PartContext): Promise<PartResult> {
  const file = join(context.folder, "steps.json");
  const command = [...tsx, "tools/src/gpu-suite/steps-process.ts", file, ...(context.reduced ? ["--reduced"] : [])];
  // What is timed here is measured anew, whatever this machine's cache holds.
  const env = { FLEDGE_CACHE: join(context.folder, "cache") };
  const ended = await runProcess([...command, ...onAdapter(context)], context.seconds, env);
  return { ...(existsSync(file) && { steps: stepsFile.parse(readJson(file)) }), ...endOf(ended) };
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

/** Every part, with the share that it may take of the time that is left when its turn comes. */
export const parts: Readonly<Record<PartName, { readonly share: number; readonly run: RunPart }>> = {
  doctor: { share: 0.2, run: doctor },
  conformance: { share: 0.2, run: conformance },
  steps: { share: 0.4, run: steps },
  pytorch: { share: 0.2, run: pytorch },
  ladders: { share: 0.5, run: ladders },
  rungs: { share: 0.5, run: rungs },
  demo: { share: 1, run: demo },
};
