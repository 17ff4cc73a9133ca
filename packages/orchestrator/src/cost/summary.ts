import { flopsIn, stepsIn, type RunCost, type WorkCost } from "./run-cost.ts";
import { secondsOfWork, type Measurement } from "./measured-cost.ts";

/** All and what is not done yet. */
export interface Amount {
  readonly whole: number;
  readonly left: number;
}

/** What one model's training, validation, labelling or evaluation costs. */
export interface CostRow {
  readonly model: string;
  readonly part: WorkCost["part"];
  /** What its programs are: "labelled step", "evaluation". */
  readonly program: string;
  /** Images of a full batch, without those beside. */
  readonly batch: number;
  /** Batches, of steps one each. */
  readonly batches: Amount;
  /** Of a full batch, and of all. */
  readonly flopsOfBatch: number;
  readonly flops: Amount;
  /** Of a full batch, as it was measured, the median of so many runs; null where nothing was measured. */
  readonly secondsOfBatch: number | null;
  readonly measuredRuns: number | null;
}

/** A run's cost as figures, and as JSON. */
export interface CostSummary {
  readonly rows: readonly CostRow[];
  /** Steps of the optimisers. */
  readonly steps: Amount;
  readonly flops: Amount;
  /** Of the device, at the peak. */
  readonly memoryBytes: number;
  readonly memoryOfVariablesBytes: number;
  readonly memoryOfProgramsBytes: number;
  readonly diskBytes: number;
  /** What is left takes; null where nothing was measured. */
  readonly secondsLeft: number | null;
  /** To load an image for the first time and again. */
  readonly loadingSeconds: { readonly first: number; readonly again: number; readonly images: number } | null;
  readonly notes: readonly string[];
}

const batchesIn = (work: readonly WorkCost[]): number =>
  work.flatMap(({ runs }) => runs).reduce((sum, { count }) => sum + count, 0);

function rowOf(whole: readonly WorkCost[], left: readonly WorkCost[], measurement: Measurement | undefined): CostRow {
  const { model, part, use, runs } = whole[0]!;
  const { size, flops, id } = runs[0]!.program;
  const measured = measurement?.programs.get(id);
  return {
    model,
    part,
    program: use.kind,
    batch: size,
    batches: { whole: batchesIn(whole), left: batchesIn(left) },
    flopsOfBatch: flops,
    flops: { whole: flopsIn(whole), left: flopsIn(left) },
    secondsOfBatch: measured?.seconds ?? null,
    measuredRuns: measured?.runs ?? null,
  };
}

/** What a run costs in figures: a row for each model and kind of work, and the sums. */
export function summaryOf({ whole, left, memory, diskBytes, notes }: RunCost, measurement?: Measurement): CostSummary {
  const keyOf = ({ model, part, use: { kind } }: WorkCost): string => [model, part, kind].join(", ");
  const rows = [...new Set(whole.map(keyOf))].map((key) => {
    const is = (work: WorkCost): boolean => keyOf(work) === key;
    return rowOf(whole.filter(is), left.filter(is), measurement);
  });
  return {
    rows,
    steps: { whole: stepsIn(whole), left: stepsIn(left) },
    flops: { whole: flopsIn(whole), left: flopsIn(left) },
    memoryBytes: memory.bytes,
    memoryOfVariablesBytes: memory.variableBytes,
    memoryOfProgramsBytes: memory.programBytes,
    diskBytes,
    secondsLeft: measurement ? secondsOfWork(left, measurement) : null,
    loadingSeconds: measurement
      ? {
          first: measurement.loading.firstSeconds,
          again: measurement.loading.againSeconds,
          images: measurement.loading.images,
        }
      : null,
    notes,
  };
}
