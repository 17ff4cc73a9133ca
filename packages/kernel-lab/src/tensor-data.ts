import { elementCount, type TensorSpec } from "@fledge/runtime";
import { halvesOf, widened } from "./halves.ts";

/** Contents of a tensor on the host; those of an f16 tensor are f32. */
export type TensorData =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
/** Contents by tensor name. */
export type Tensors = Readonly<Record<string, TensorData>>;

/** The array that holds a tensor of each type. */
export const views = {
  f32: Float32Array,
  f16: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;

/** An array's bytes. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** What a tensor is on the device: its contents, rounded where it is f16. */
export const encoded = ({ dtype }: TensorSpec, data: TensorData): TensorData | Uint16Array<ArrayBuffer> =>
  dtype === "f16" ? halvesOf(data) : data;

/** The contents of a tensor, of the bytes that begin with it. */
export function decoded(spec: TensorSpec, bytes: ArrayBuffer): TensorData {
  const count = elementCount(spec);
  return spec.dtype === "f16" ? widened(new Uint16Array(bytes, 0, count)) : new views[spec.dtype](bytes, 0, count);
}
