import { batchSizeOf, kindOf, ofSize, partSizes, type ResultKind } from "./batch.ts";
import { divide, sumsFor, summedOf } from "./divide.ts";
import { differentiated, simplified, type Recorded, type ProgramSource, type RecordOptions } from "./record.ts";
import type { Tensor, Variable } from "./tensor.ts";

/** A function recorded for the parts of a batch. */
export interface RecordedInParts<Results extends string> {
  /** Sizes of the parts in order, the largest first. */
  readonly sizes: readonly number[];
  /** What a part of a size runs. */
  readonly partOf: ReadonlyMap<number, Recorded<string, Results>>;
  /** What runs once for the batch, null where nothing does, and the sums of gradients that it reads. */
  readonly update: Recorded<string, never> | null;
  readonly sums: readonly Variable[];
  readonly kinds: Readonly<Record<Results, ResultKind>>;
}

/** What each result says of a batch: the function is traced for one more example to see which results grow. */
function kindsOf<Inputs extends string, Results extends string>(
  [inputSpecs, body]: ProgramSource<Inputs, Results>,
  size: number,
  results: Readonly<Record<Results, Tensor>>,
  options: RecordOptions,
): Record<Results, ResultKind> {
  const larger = differentiated([ofSize(inputSpecs, size + 1), body], options).results;
  const kinds = Object.entries<Tensor>(results).map(([name, tensor]) => [
    name,
    kindOf(tensor, larger[name as Results]),
  ]);
  return Object.fromEntries(kinds) as Record<Results, ResultKind>;
}

/**
 * Records a function for a batch of which the device computes at most `atOnce` examples at once; null where the whole
 * batch is no more, or no input is of a batch.
 * The function is traced for each size of part, and for one example more. @throws what `divide` throws
 */
export function recordInParts<Inputs extends string, Results extends string>(
  source: ProgramSource<Inputs, Results>,
  atOnce: number,
  options: RecordOptions,
): RecordedInParts<Results> | null {
  const [inputSpecs, body] = source;
  const batchSize = batchSizeOf(inputSpecs);
  if (batchSize === undefined || batchSize <= atOnce) return null;
  if (!(Number.isInteger(atOnce) && atOnce >= 1))
    throw new RangeError(`atOnce is ${atOnce}; give a whole number from 1`);
  const sizes = partSizes(batchSize, atOnce);
  const traced = new Map(
    [...new Set(sizes)].map((size) => [size, differentiated([ofSize(inputSpecs, size), body], options)]),
  );
  const largest = traced.get(sizes[0]!)!;
  const sums = sumsFor(summedOf(largest));
  const divided = new Map([...traced].map(([size, recorded]) => [size, divide(recorded, sums)]));
  const { update } = divided.get(sizes[0]!)!;
  return {
    sizes,
    partOf: new Map([...divided].map(([size, { part }]) => [size, simplified(part, options)])),
    update: update && simplified(update, options),
    sums,
    kinds: kindsOf(source, sizes[0]!, largest.results, options),
  };
}
