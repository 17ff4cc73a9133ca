import type { TensorSpec } from "@fledge/runtime";
import type { InputValue, ResultValue } from "./program.ts";

/** An input with something of every example of a batch: its first dimension counts examples. */
export interface BatchSpec extends TensorSpec {
  readonly batchSize: number;
}

/** `batchOf(32, uint8(64, 64, 3))`: u8[32,64,64,3], which a compilation in parts cuts along its first dimension. */
export const batchOf = (batchSize: number, { shape, dtype }: TensorSpec): BatchSpec => ({
  shape: [batchSize, ...shape],
  dtype,
  batchSize,
});

const isBatch = (spec: TensorSpec): spec is BatchSpec => "batchSize" in spec;

/** How many examples a program's inputs hold; undefined where none is of a batch. @throws where they differ */
export function batchSizeOf(inputSpecs: Readonly<Record<string, TensorSpec>>): number | undefined {
  const batches = Object.entries(inputSpecs).filter(([, spec]) => isBatch(spec)) as [string, BatchSpec][];
  const [first, ...others] = batches;
  const other = others.find(([, { batchSize }]) => batchSize !== first![1].batchSize);
  if (first && other) {
    throw new Error(
      `inputs "${first[0]}" and "${other[0]}" are of one batch, but hold ${first[1].batchSize} and ${other[1].batchSize} examples`,
    );
  }
  return first?.[1].batchSize;
}

/** The same inputs for a batch of another size. */
export function ofSize<Inputs extends string>(
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  size: number,
): Record<Inputs, TensorSpec> {
  const specs = Object.entries<TensorSpec>(inputSpecs).map(([name, spec]) => {
    return [name, isBatch(spec) ? batchOf(size, { ...spec, shape: spec.shape.slice(1) }) : spec];
  });
  return Object.fromEntries(specs) as Record<Inputs, TensorSpec>;
}

/** Sizes of the fewest parts of at most `atOnce` examples, as equal as can be: 40 in parts of at most 16 is 14, 13, 13. */
export function partSizes(size: number, atOnce: number): number[] {
  const parts = Math.ceil(size / atOnce);
  return Array.from({ length: parts }, (_, part) => Math.floor(size / parts) + Number(part < size % parts));
}

/** Examples `start` to `end` of what is of a batch, and the rest as it is. @throws where an array does not hold the batch */
export function cut<Inputs extends string>(
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  values: Readonly<Record<Inputs, InputValue>>,
  start: number,
  end: number,
): Record<Inputs, InputValue> {
  const named = Object.entries<TensorSpec>(inputSpecs).map(([name, spec]) => {
    const value = values[name as Inputs];
    if (!isBatch(spec)) return [name, value];
    if (typeof value !== "object") throw new Error(`program input "${name}" wants the values of a batch`);
    const width = spec.shape.slice(1).reduce((product, dimension) => product * dimension, 1);
    if (value.length !== width * spec.batchSize) {
      throw new Error(
        `program input "${name}" wants ${spec.dtype}[${spec.shape.join(",")}], got ${value.length} elements`,
      );
    }
    return [name, value.subarray(start * width, end * width)];
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
