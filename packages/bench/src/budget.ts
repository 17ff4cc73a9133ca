/** How long a benchmark may measure. */
export interface Budget {
  readonly mode: "quick" | "full";
  /** Time for the samples of one rung or one function. */
  readonly sampleMs: number;
  /** Least duration of one sample: dispatches are batched up to it, so that submitting costs little of it. */
  readonly batchMs: number;
  /** Samples taken even where they overrun `sampleMs`. */
  readonly minSamples: number;
  /** Runs of a float64 reference even where they overrun `sampleMs`. */
  readonly minReferenceRuns: number;
}

const quick: Budget = { mode: "quick", sampleMs: 150, batchMs: 15, minSamples: 3, minReferenceRuns: 1 };
const full: Budget = { mode: "full", sampleMs: 3000, batchMs: 60, minSamples: 20, minReferenceRuns: 5 };

/**
 * The budget that the environment variable FLEDGE_BENCH asks for: `quick` (the default) or `full`.
 * @throws if it is set to anything else
 */
export function benchBudget(env: NodeJS.ProcessEnv = process.env): Budget {
  const mode = env["FLEDGE_BENCH"] ?? "quick";
  if (mode === "quick") return quick;
  if (mode === "full") return full;
  throw new Error(`FLEDGE_BENCH is "${mode}"; set it to quick or full, or leave it unset for quick`);
}
