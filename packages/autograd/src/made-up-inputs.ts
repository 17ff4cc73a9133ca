import { elementCount, type TensorSpec } from "@fledge/runtime";
import type { InputValue } from "./program.ts";

/** A program takes no f16. */
const arrays = { f32: Float32Array, f16: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** Contents for a program's inputs that only cost time: grey images, and zeros. */
export const madeUpInputs = (specs: Readonly<Record<string, TensorSpec>>): Record<string, InputValue> =>
  Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      new arrays[spec.dtype](elementCount(spec)).fill(spec.dtype === "u8" ? 128 : 0),
    ]),
  );
