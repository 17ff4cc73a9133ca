import type { WeightedCrossEntropyShape } from "@fledge/softmax-cross-entropy";
import {
  batchSizesOf,
  kindOf,
  multiple,
  ofSizes,
  partSizes,
  smallestShare,
  type BatchSizes,
  type ResultKind,
} from "./batch.ts";
import { divide, sumsFor, summedOf } from "./divide.ts";
import { KernelNode } from "./graph.ts";
import { operators } from "./ops/table.ts";
import { differentiated, simplified, type Recorded, type ProgramSource, type RecordOptions } from "./record.ts";
import type { Tensor, Variable } from "./tensor.ts";

/** A function recorded for the parts of a batch. */
export interface RecordedInParts<Results extends string> {
  /** The examples of each batch that a part of size 1 has: of a program of one batch, one. */
  readonly share: BatchSizes;
  /** Sizes of the parts in order, the largest first: how often each has the share. */
  readonly sizes: readonly number[];
  /** What a part of a size runs. */
  readonly partOf: ReadonlyMap<number, Recorded<string, Results>>;
  /** What runs once for the batch, null where nothing does, and the sums of gradients that it reads. */
  readonly update: Recorded<string, Results> | null;
  readonly sums: readonly Variable[];
  /** Of the parts' results; the update's are what it leaves. */
  readonly kinds: Readonly<Partial<Record<Results, ResultKind>>>;
}

/** What each result says of a batch: the function is traced for one more example of each to see which results grow. */
function kindsOf<Inputs extends string, Results extends string>(
  [inputSpecs, body]: ProgramSource<Inputs, Results>,
  sizes: BatchSizes,
  results: Readonly<Record<Results, Tensor>>,
  options: RecordOptions,
): Record<Results, ResultKind> {
  const more = Object.fromEntries(Object.entries(sizes).map(([batch, size]) => [batch, size + 1]));
  const larger = differentiated([ofSizes(inputSpecs, more), body], options).results;
  const kinds = Object.entries<Tensor>(results).map(([name, tensor]) => [
    name,
    kindOf(tensor, larger[name as Results]),
  ]);
  return Object.fromEntries(kinds) as Record<Results, ResultKind>;
}

/** @throws where a loss is over the sum of weights that are known only when all parts are computed */
function refuseMeansOfKept({ graph }: Recorded<string, string>): void {
  const refused = graph.nodes.some(
    (node) =>
      node instanceof KernelNode &&
      node.operator === operators.weightedCrossEntropy &&
      (node.shape as WeightedCrossEntropyShape).reduction === "mean_kept",
  );
  if (!refused) return;
  throw new Error(
    'a batch in parts has no mean over its kept examples ("mean_kept"): their number is known only after all parts; ' +
      'take "mean_all", or compute the batch at once',
  );
}

/**
 * Records a function for a batch of which the device computes at most `atOnce` examples at once; null where the whole
 * batch is no more, or no input is of a batch. Of several batches all examples count, and a part has the same share of
 * each. The function is traced for each size of part, and for one example more.
 * @throws what `divide` throws, and where several batches have no shares small enough
 */
export function recordInParts<Inputs extends string, Results extends string>(
  source: ProgramSource<Inputs, Results>,
  atOnce: number,
  options: RecordOptions,
): RecordedInParts<Results> | null {
  const [inputSpecs, body] = source;
  const batchSizes = batchSizesOf(inputSpecs);
  const examplesOf = (sizes: BatchSizes): number => Object.values(sizes).reduce((sum, size) => sum + size, 0);
  if (examplesOf(batchSizes) <= atOnce) return null;
  if (!(Number.isInteger(atOnce) && atOnce >= 1))
    throw new RangeError(`atOnce is ${atOnce}; give a whole number from 1`);
  const { count, share } = smallestShare(batchSizes);
  const sharesAtOnce = Math.floor(atOnce / examplesOf(share));
  if (sharesAtOnce === 0) {
    const named = (sizes: BatchSizes): string =>
      Object.entries(sizes)
        .map(([batch, size]) => `${size} of "${batch}"`)
        .join(" and ");
    throw new RangeError(
      `atOnce is ${atOnce}, and batches of ${named(batchSizes)} cannot be cut alike into fewer than ${named(share)}; ` +
        `raise it to ${examplesOf(share)}, or give sizes with a common divisor`,
    );
  }
  const sizes = partSizes(count, sharesAtOnce);
  const traced = new Map(
    [...new Set(sizes)].map((size) => {
      const recorded = differentiated([ofSizes(inputSpecs, multiple(share, size)), body], options);
      return [size, recorded] as const;
    }),
  );
  const largest = traced.get(sizes[0]!)!;
  refuseMeansOfKept(largest);
  const sums = sumsFor(summedOf(largest));
  const divided = new Map([...traced].map(([size, recorded]) => [size, divide(recorded, sums)]));
  const { update } = divided.get(sizes[0]!)!;
  return {
    share,
    sizes,
    partOf: new Map([...divided].map(([size, { part }]) => [size, simplified(part, options)])),
    update: update && simplified(update, options),
    sums,
    kinds: kindsOf(source, multiple(share, sizes[0]!), divided.get(sizes[0]!)!.part.results, options),
  };
}
