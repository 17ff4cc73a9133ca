/** The element types that are read; half-precision floats are widened to f32. */
export type StoredType = "F64" | "F32" | "F16" | "BF16" | "I32" | "I64" | "U32" | "U8";

export type StoredData =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** A dense row-major tensor of a file; a scalar has shape `[]`. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: StoredData;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The header's `__metadata__`: text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file is no safetensors file, or none that is safe to read or write; the message names the file or the tensor. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

/** The header's key that names no tensor. */
export const metadataKey = "__metadata__";

/**
 * ResNet-152's header takes 0.1 MB. The format itself allows 100 MB, of which JSON.parse can make gigabytes in minutes.
 */
export const maxHeaderBytes = 2 ** 22;

export const bytesPerElement: Readonly<Record<StoredType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I32: 4,
  I64: 8,
  U32: 4,
  U8: 1,
};

/** A whole number from 0 to 2^53 - 1, beyond which a JSON number may stand for its neighbour. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Elements of a shape; NaN where a size is no count or the product, taken in order, leaves the exact integers. */
export const elementCount = (shape: readonly unknown[]): number =>
  shape.reduce<number>((product, size) => (isCount(size) && isCount(product * size) ? product * size : NaN), 1);
