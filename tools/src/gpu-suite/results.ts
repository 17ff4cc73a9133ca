// The one file that a run of the suite leaves; the page, the kernels' tables and the proposals follow from it.
import { existsSync, readFileSync } from "node:fs";
import { OptionsError } from "@fledge/bench/command-line";
import { ladderSchema, type LadderResult } from "@fledge/bench";
import { z } from "zod";

/** In the order in which they run, the most important first: what a time is not enough for is left out from the end. */
export const partNames = [
  "doctor",
  "conformance",
  "steps",
  "pytorch",
  "halves",
  "tuned-matrix",
  "tuned-f16",
  "ladders",
  "demo",
  "tuned-f32",
  "rungs",
] as const;
export type PartName = (typeof partNames)[number];

const caseResult = z.object({ name: z.string(), outcome: z.enum(["passed", "failed", "skipped"]) }).loose();

/** `fledge conformance --json`. */
export const conformanceFile = z.object({ results: z.array(caseResult) }).loose();

/** `fledge conformance --every-rung --json`. */
export const everyRungFile = z
  .object({ runs: z.array(z.object({ rungs: z.record(z.string(), z.string()), results: z.array(caseResult) })) })
  .loose();

const program = z.object({
  kind: z.string(),
  batch: z.number(),
  flops: z.number(),
  /** Of one run on images that are there: the median of `runs`. */
  seconds: z.number(),
  runs: z.number(),
  compileSeconds: z.number(),
});

/** The programs of the paper's text in one precision, on default rungs or on those that the tuner chose. */
const stepsRun = z.object({
  precision: z.string(),
  tuned: z.boolean(),
  network: z.string(),
  programs: z.array(program),
  /** Of the whole run on the device at its peak. */
  memoryBytes: z.number(),
  /** Kernel shapes that run another rung than the default, of so many; null where nothing was tuned. */
  otherRungs: z.object({ count: z.number(), of: z.number() }).nullable(),
  /** Kernel shapes that no time was left to tune, which run the default; those that cost least. */
  untuned: z.number().optional(),
  /** The whole run at these times: what the host does beside, such as loading images, is not in it. */
  wholeRun: z.object({ steps: z.number(), flops: z.number(), seconds: z.number() }).nullable(),
});
export type StepsRun = z.infer<typeof stepsRun>;

export const stepsFile = z.object({
  runs: z.array(stepsRun),
  /** Precisions that this adapter cannot compute in, and why. */
  refused: z.array(z.object({ precision: z.string(), reason: z.string() })),
  /** Kernel shapes of the programs as the tuner timed them, on their full batches. */
  tuned: z.array(
    z.object({
      precision: z.string(),
      kernel: z.string(),
      shape: z.unknown(),
      flops: z.number(),
      leastBytes: z.number(),
      byDefault: z.string(),
      fastest: z.string(),
      /** Microseconds by rung, or rung with a tile; null where it was given up. */
      timesUs: z.record(z.string(), z.number().nullable()),
      /** Rungs that may not run, and why. */
      leftOut: z.record(z.string(), z.string()),
      /** Tiles for which no time was left. */
      untried: z.number(),
    }),
  ),
});

export const pytorchFile = z.object({
  device: z.string(),
  torch: z.string(),
  runs: z.array(z.object({ precision: z.string(), batch: z.number(), side: z.number(), seconds: z.number() })),
});

const part = z.object({
  name: z.enum(partNames),
  outcome: z.enum(["done", "cut off", "failed", "left out"]),
  seconds: z.number(),
  /** Why it is not done, or what failed. */
  note: z.string().optional(),
});
export type Part = z.infer<typeof part>;

/** What came of golden cases. */
const counts = { passed: z.number(), failed: z.number(), skipped: z.number(), failures: z.array(z.unknown()) };

export const suiteSchema = z.object({
  format: z.literal("fledge-gpu-suite-1"),
  date: z.string(),
  command: z.string(),
  reduced: z.boolean(),
  minutes: z.number(),
  adapter: z.object({ name: z.string(), driver: z.string(), software: z.boolean() }),
  environment: z.object({
    node: z.string(),
    cpu: z.string(),
    cores: z.number(),
    commit: z.string().nullable(),
  }),
  parts: z.array(part),
  /** What `fledge doctor` printed. */
  doctor: z.array(z.string()),
  conformance: z.array(z.object({ folder: z.string(), ...counts })),
  /** Each rung on the golden cases of its kernel. */
  rungs: z.array(z.object({ rung: z.string(), ...counts })),
  steps: stepsFile.nullable(),
  pytorch: pytorchFile.nullable(),
  /** Ladders by title, as the kernels' `results/` hold them. */
  ladders: z.record(z.string(), ladderSchema),
  demo: z
    .object({
      seconds: z.number(),
      evaluations: z.array(z.object({ model: z.string(), task: z.string(), mean: z.number() })),
    })
    .nullable(),
});
export type SuiteResult = Omit<z.infer<typeof suiteSchema>, "ladders"> & {
  readonly ladders: Readonly<Record<string, LadderResult>>;
};

/** @throws OptionsError where the file is not there or holds something else */
export function readSuite(file: string): SuiteResult {
  if (!existsSync(file)) throw new OptionsError(`--from ${file}: there is no such file`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new OptionsError(`--from ${file}: ${(error as Error).message}; give a results file of the suite`);
  }
  const parsed = suiteSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new OptionsError(`--from ${file}: no results file of the suite\n${z.prettifyError(parsed.error)}`);
}
