import type { GoldenCase } from "@fledge/golden-cases";
import { calibration, confusion, flipRate, mce, topK } from "@fledge/training";
import { z } from "zod";
import type { Computed } from "../compare.ts";
import type { CaseRunner } from "../context.ts";

type Tensor = NonNullable<ReturnType<Computed["get"]>>;

const scalar = (value: number): Tensor => ({ shape: [], data: Float32Array.of(value) });
const floats = (values: ArrayLike<number>, shape = [values.length]): Tensor => ({
  shape,
  data: Float32Array.from(values),
});
const indices = (data: Int32Array<ArrayBuffer>, shape = [data.length]): Tensor => ({ shape, data });

function tableOf(golden: GoldenCase, name: string): number[][] {
  const [rows, columns] = golden.shape(name) as [number, number];
  const values = golden.float32(name);
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * columns, (row + 1) * columns)]);
}

export const runMce: CaseRunner = async (golden) => {
  const {
    clean_error: error,
    baseline_clean_error: baselineError,
    baseline_means: means,
  } = golden.attributesAs(
    z.object({
      clean_error: z.number().optional(),
      baseline_clean_error: z.number().optional(),
      baseline_means: z.array(z.number()).optional(),
    }),
  );
  const errors = tableOf(golden, "errors");
  // A mean over the severities stands for each of them.
  const baseline = means ? errors.map((row, i) => row.map(() => means[i]!)) : tableOf(golden, "baseline_errors");
  const clean = error === undefined || baselineError === undefined ? {} : { clean: { error, baseline: baselineError } };
  const result = mce({ errors, baseline, ...clean });
  return new Map([
    ["ce", floats(result.ce)],
    ["mce", scalar(result.mce)],
    ["mean_error", scalar(result.meanError)],
    ...(result.relative
      ? ([
          ["relative_ce", floats(result.relative.ce)],
          ["relative_mce", scalar(result.relative.mce)],
        ] as const)
      : []),
  ]);
};

export const runFlipRate: CaseRunner = async (golden) => {
  const options = golden.attributesAs(z.object({ noise: z.boolean(), difficulty: z.int() }));
  const frames = golden.shape("predictions")[1]!;
  const { flipProbability, perSequence } = flipRate(golden.int32("predictions"), frames, options);
  return new Map([
    ["flip_probability", scalar(flipProbability)],
    ["per_sequence", floats(perSequence)],
  ]);
};

export const runCalibration: CaseRunner = async (golden) => {
  const { bins } = golden.attributesAs(z.object({ bins: z.int() }));
  const result = calibration(golden.float32("probabilities"), golden.int32("labels"), bins);
  return new Map([
    ["ece", scalar(result.ece)],
    ["maximum_gap", scalar(result.maximumGap)],
    ["bin_count", indices(result.binCount)],
    ["bin_accuracy", floats(result.binAccuracy)],
    ["bin_confidence", floats(result.binConfidence)],
    ["brier", scalar(result.brier)],
    ["nll", scalar(result.nll)],
  ]);
};

export const runConfusion: CaseRunner = async (golden) => {
  const { classes } = golden.attributesAs(z.object({ classes: z.int() }));
  const result = confusion(golden.int32("predictions"), golden.int32("labels"), classes);
  return new Map([
    ["matrix", indices(result.matrix, [classes, classes])],
    ["support", indices(result.support)],
    ["per_class_accuracy", floats(result.perClassAccuracy)],
    ["macro_accuracy", scalar(result.macroAccuracy)],
    ["accuracy", scalar(result.accuracy)],
  ]);
};

export const runTopK: CaseRunner = async (golden) => {
  const { ks } = golden.attributesAs(z.object({ ks: z.array(z.int()) }));
  const { rank, accuracy } = topK(golden.float32("logits"), golden.int32("labels"), ks);
  const hits = Int32Array.from([...rank].flatMap((place) => ks.map((k) => Number(place < k))));
  return new Map([
    ["rank", indices(rank)],
    ["hits", indices(hits, [rank.length, ks.length])],
    ["accuracy", floats(accuracy)],
  ]);
};
