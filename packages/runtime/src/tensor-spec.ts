/**
 * Element type of a tensor. `u8` tensors are bound as `array<u32>`, four elements to a word, the first lowest. `f16`
 * tensors are written as f32 in a rung's file, and planned as halves: see `wgsl/halves.ts`.
 */
export type DataType = "f32" | "f16" | "i32" | "u32" | "u8";

/** How a kernel's shape says that its activations and their gradients lie in memory as f16: absent, they are f32. */
export interface StoredShape {
  readonly storage?: "f16";
}

/** Shape and element type of a dense row-major tensor; a scalar has shape `[]`. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** How a kernel touches a tensor: it reads it, fills it from nothing, or updates it in place. */
export type TensorRole = "in" | "out" | "inout";

/** Bounds of made-up contents, as a tuner gives them to a kernel: at least the first, below the second. */
export type ContentRange = readonly [least: number, below: number];

export interface KernelTensor extends TensorSpec {
  readonly role: TensorRole;
  /** Where not every value makes sense: a variance is positive, a label is one of the classes. */
  readonly range?: ContentRange | undefined;
}

export const input = (shape: readonly number[], dtype: DataType = "f32", range?: ContentRange): KernelTensor => ({
  shape,
  dtype,
  role: "in",
  ...(range ? { range } : {}),
});
export const output = (shape: readonly number[], dtype: DataType = "f32"): KernelTensor => ({
  shape,
  dtype,
  role: "out",
});
export const inout = (shape: readonly number[], dtype: DataType = "f32", range?: ContentRange): KernelTensor => ({
  shape,
  dtype,
  role: "inout",
  ...(range ? { range } : {}),
});

/** Number of elements; 1 for a scalar. */
export const elementCount = (spec: TensorSpec): number => spec.shape.reduce((product, size) => product * size, 1);

const bytesPerElement: Readonly<Record<DataType, number>> = { f32: 4, f16: 2, i32: 4, u32: 4, u8: 1 };

/** Bytes the elements take, without padding. */
export const sizeBytes = (spec: TensorSpec): number => elementCount(spec) * bytesPerElement[spec.dtype];

/** Bytes to allocate: a whole number of 16-byte vectors, at least one, so that `array<vec4f>` bindings are legal. */
export const allocationBytes = (spec: TensorSpec): number => Math.max(16, Math.ceil(sizeBytes(spec) / 16) * 16);

/** `f32[32,56,56,64]`, for messages and plans. */
export const describeSpec = (spec: TensorSpec): string => `${spec.dtype}[${spec.shape.join(",")}]`;

/** Why a rung whose byte offsets stay below 2^31 cannot take so many elements of f32, or null. */
export const beyondHalfRange = (elements: number): string | null =>
  elements <= 2 ** 29 ? null : `${elements} elements are more than 2 GiB`;
