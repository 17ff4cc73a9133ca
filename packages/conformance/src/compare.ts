import { relativeError, type GoldenCase } from "@fledge/golden-cases";
import type { StoredTensor } from "@fledge/safetensors";

/** What an operator made of a case: tensors in the case's layouts, by the case's names. */
export type Computed = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: StoredTensor["data"] }>;

export interface Comparison {
  readonly tensor: string;
  /**
   * The relative error of FORMAT.md for floats; for bytes and indices the number of elements that differ. Where bytes
   * may differ on average and at most by so much, the greater of the two differences as a share of what is allowed.
   */
  readonly error: number;
  readonly tolerance: number;
}

interface Measured {
  readonly error: number;
  readonly tolerance: number;
}

function byteError(
  out: Uint8Array,
  ref: Uint8Array,
  { meanAbs, maxAbs }: { meanAbs: number; maxAbs: number },
): Measured {
  let sum = 0;
  let greatest = 0;
  for (let i = 0; i < ref.length; i++) {
    const difference = Math.abs(out[i]! - ref[i]!);
    sum += difference;
    greatest = Math.max(greatest, difference);
  }
  return { error: Math.max(sum / ref.length / meanAbs, greatest / maxAbs), tolerance: 1 };
}
/** How much of its tolerance an error takes up; above 1 is too much. */
export const shareOfTolerance = ({ error, tolerance }: Comparison): number =>
  error === 0 ? 0 : Number.isNaN(error) ? Infinity : error / Math.max(tolerance, Number.MIN_VALUE);

const isFloats = (data: StoredTensor["data"]): data is Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> =>
  data instanceof Float32Array || data instanceof Float64Array;

function errorOf(golden: GoldenCase, name: string, out: StoredTensor["data"], ref: StoredTensor["data"]): number {
  if (isFloats(out) && isFloats(ref)) return relativeError(out, ref, golden.floorOf(name));
  let different = 0;
  for (let i = 0; i < ref.length; i++) if (out[i] !== ref[i]) different += 1;
  return different;
}

/** Compares one computed tensor with the stored one. @throws where it is missing or its shape differs */
export function compare(golden: GoldenCase, name: string, computed: Computed): Comparison {
  const out = computed.get(name);
  if (!out) throw new Error(`nothing was computed for "${name}"`);
  const ref = golden.tensor(name);
  if (out.shape.join() !== ref.shape.join()) {
    throw new Error(`"${name}" has shape [${out.shape.join(",")}], expected [${ref.shape.join(",")}]`);
  }
  const { byteTolerance } = golden;
  if (byteTolerance && out.data instanceof Uint8Array && ref.data instanceof Uint8Array)
    return { tensor: name, ...byteError(out.data, ref.data, byteTolerance) };
  return { tensor: name, error: errorOf(golden, name, out.data, ref.data), tolerance: golden.toleranceOf(name) };
}
