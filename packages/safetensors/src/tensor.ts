/** The element types that are read; half-precision floats are widened to f32. */
export type StoredType = "F32" | "F16" | "BF16" | "I32" | "I64" | "U32" | "U8";

export type StoredData =
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

export const bytesPerElement: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2, BF16: 2, I32: 4, I64: 8, U32: 4, U8: 1 };
