import type { TensorSpec } from "@fledge/runtime";
import { DeviceRows } from "./device-rows.ts";
import type { InputValue, ResultValue } from "./program.ts";

/** An input with something of every example of a batch: its first dimension counts examples. */
export interface BatchSpec extends TensorSpec {
  readonly batchSize: number;
  /** Which batch it is of, where a program takes several. */
  readonly batch: string;
}

/**
 * `batchOf(32, uint8(64, 64, 3))`: u8[32,64,64,3], which a compilation in parts cuts along its first dimension.
 * @param batch names the batch where a program takes several, each with a size of its own: labelled and unlabelled images
 */
export const batchOf = (batchSize: number, { shape, dtype }: TensorSpec, batch = "batch"): BatchSpec => ({
  shape: [batchSize, ...shape],
  dtype,
  batchSize,
  batch,
});

const isBatch = (spec: TensorSpec): spec is BatchSpec => "batchSize" in spec;

/** How many examples of each batch something holds, by the batch's name. */
export type BatchSizes = Readonly<Record<string, number>>;

/** How many examples of each batch a program's inputs hold. @throws where they differ */
export function batchSizesOf(inputSpecs: Readonly<Record<string, TensorSpec>>): BatchSizes {
  const batches = Object.entries(inputSpecs).filter(([, spec]) => isBatch(spec)) as [string, BatchSpec][];
  const firsts = new Map<string, [string, BatchSpec]>();
  for (const [name, spec] of batches) {
    const [firstName, first] = firsts.get(spec.batch) ?? [name, spec];
    firsts.set(spec.batch, [firstName, first]);
    if (first.batchSize !== spec.batchSize) {
      throw new Error(
        `inputs "${firstName}" and "${name}" are of one batch, but hold ${first.batchSize} and ${spec.batchSize} examples`,
      );
    }
  }
  return Object.fromEntries([...firsts].map(([batch, [, { batchSize }]]) => [batch, batchSize]));
}

/** The same inputs for batches of other sizes. */
export function ofSizes<Inputs extends string>(
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  sizes: BatchSizes,
): Record<Inputs, TensorSpec> {
  const specs = Object.entries<TensorSpec>(inputSpecs).map(([name, spec]) => {
    if (!isBatch(spec)) return [name, spec];
    return [name, batchOf(sizes[spec.batch]!, { ...spec, shape: spec.shape.slice(1) }, spec.batch)];
  });
  return Object.fromEntries(specs) as Record<Inputs, TensorSpec>;
}

/** Sizes of the fewest parts of at most `atOnce` examples, as equal as can be: 40 in parts of at most 16 is 14, 13, 13. */
export function partSizes(size: number, atOnce: number): number[] {
  const parts = Math.ceil(size / atOnce);
  return Array.from({ length: parts }, (_, part) => Math.floor(size / parts) + Number(part < size % parts));
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/**
 * The smallest batches that those of `sizes` are a multiple of: parts of several of these have the same share of every
 * batch, so that the means over parts, weighed by it, are the means over each batch. 32 and 96 are 32 times 1 and 3.
 */
export function smallestShare(sizes: BatchSizes): { readonly count: number; readonly share: BatchSizes } {
  const count = Object.values(sizes).reduce(divisor, 0);
  return { count, share: Object.fromEntries(Object.entries(sizes).map(([batch, size]) => [batch, size / count])) };
}

/** `times` as many examples of each batch. */
export const multiple = (sizes: BatchSizes, times: number): BatchSizes =>
  Object.fromEntries(Object.entries(sizes).map(([batch, size]) => [batch, times * size]));

/**
 * Shares `start` to `end` of what is of a batch, and the rest as it is.
 * @param share how many examples of each batch are one share
 * @throws where an array does not hold the batch
 */
export function cut<Inputs extends string>(
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  values: Readonly<Record<Inputs, InputValue>>,
  share: BatchSizes,
  start: number,
  end: number,
): Record<Inputs, InputValue> {
  const named = Object.entries<TensorSpec>(inputSpecs).map(([name, spec]) => {
    const value = values[name as Inputs];
    if (!isBatch(spec)) return [name, value];
    if (typeof value !== "object") throw new Error(`program input "${name}" wants the values of a batch`);
    if (value instanceof DeviceRows) {
      if (value.rows.length !== spec.batchSize)
        throw new Error(`program input "${name}" wants ${spec.batchSize} rows, got ${value.rows.length}`);
      const rows = share[spec.batch]!;
      return [name, new DeviceRows(value.rows.slice(start * rows, end * rows))];
    }
    const width = spec.shape.slice(1).reduce((product, dimension) => product * dimension, 1);
    if (value.length !== width * spec.batchSize) {
      throw new Error(
        `program input "${name}" wants ${spec.dtype}[${spec.shape.join(",")}], got ${value.length} elements`,
      );
    }
    const step = share[spec.batch]! * width;
    return [name, value.subarray(start * step, end * step)];
  });
  return Object.fromEntries(named) as Record<Inputs, InputValue>;
}

/** What a result says of a batch, and so how those of its parts become one. */
export type ResultKind = "rows" | "mean" | "count";

/**
 * A result that grows with the batch has a row for each example; one of floats that does not is a mean over the
 * examples, as losses and their gradients are; one of integers is a count.
 */
export function kindOf(ofFewer: TensorSpec, ofMore: TensorSpec): ResultKind {
  if (ofFewer.shape[0] !== ofMore.shape[0]) return "rows";
  return ofFewer.dtype === "f32" ? "mean" : "count";
}

/** Makes the results of parts those of the batch: joins rows, weighs means by the parts' shares, adds counts. */
export function join(kind: ResultKind, values: readonly ResultValue[], shares: readonly number[]): ResultValue {
  const [first] = values;
  const joined = new (first!.constructor as new (length: number) => ResultValue)(
    kind === "rows" ? values.reduce((sum, { length }) => sum + length, 0) : first!.length,
  );
  if (kind === "rows") {
    let start = 0;
    for (const rows of values) {
      joined.set(rows, start);
      start += rows.length;
    }
    return joined;
  }
  for (let i = 0; i < joined.length; i++) {
    joined[i] = values.reduce((sum, part, index) => sum + part[i]! * (kind === "mean" ? shares[index]! : 1), 0);
  }
  return joined;
}
