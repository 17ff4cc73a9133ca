/** How long a benchmark may measure. */
export interface Budget {
  readonly mode: "quick" | "full";
  /** Time for the samples of one ladder, shared by its cases and within a case by the rungs and the probes. */
  readonly ladderMs: number;
  /** Time for the samples of one function, or of one case's reference. */
  readonly functionMs: number;
  /** Least duration of one sample: dispatches are batched up to it, so that submitting costs little of it. */
  readonly batchMs: number;
  /** Samples taken even where they overrun their time. */
  readonly minSamples: number;
  /** More would say nothing new. */
  readonly maxSamples: number;
  /** Runs of a float64 reference even where they overrun `functionMs`. */
  readonly minReferenceRuns: number;
}

const quick: Budget = {
  mode: "quick",
  ladderMs: 4000,
  functionMs: 300,
  batchMs: 10,
  minSamples: 5,
  maxSamples: 15,
  minReferenceRuns: 3,
};
const full: Budget = {
  mode: "full",
  ladderMs: 60_000,
  functionMs: 5000,
  batchMs: 40,
  minSamples: 11,
  maxSamples: 51,
  minReferenceRuns: 5,
};

export const budgets = { quick, full } as const;
