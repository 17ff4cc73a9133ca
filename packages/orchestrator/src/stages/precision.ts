import { whyNotPrecision, type Gpu, type Precision } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

/** Less demanding precisions than each, the next best first. */
const instead: Readonly<Record<Precision, readonly Precision[]>> = { f32: [], f16: ["f32"], matrix: ["f16", "f32"] };

/**
 * Refuses an adapter that cannot compute in the precision of the settings, before anything is timed or written.
 * @throws UsageError naming the adapter, what it lacks, and what it can do
 */
export function requirePrecision({ adapter, traits }: Pick<Gpu, "adapter" | "traits">, { training }: Config): void {
  const { precision } = training;
  const reason = whyNotPrecision(precision, traits);
  if (reason === null) return;
  const able = instead[precision].filter((other) => whyNotPrecision(other, traits) === null);
  throw new UsageError(
    `training.precision: "${precision}" cannot be computed on "${adapter.name}": ${reason}. ` +
      `Give --set training.precision=${able.join(" or ")}, for a new run, or another adapter with --adapter. A run that began with "${precision}" goes on and is evaluated only where that can be computed; "npx fledge predict" and "npx fledge export" take its models anywhere`,
  );
}

/** What a precision means, in words. */
export const precisionText: Readonly<Record<Precision, string>> = {
  f32: "f32",
  f16: "f16 operands and f32 sums in the products of training steps, whose activations lie in memory as f16; all else computes in f32, evaluation too",
  matrix:
    "f16 operands and f32 sums on matrix units in the products of training steps, whose activations lie in memory as f16; all else computes in f32, evaluation too",
};
