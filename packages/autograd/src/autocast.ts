import type { Precision, ReducedPrecision, StoredShape } from "@fledge/runtime";
import type { Tensor } from "./tensor.ts";

let current: Precision = "f32";

/**
 * Runs `body` with the products of its convolutions and linear layers in a precision, as torch.autocast does: their
 * gradients are computed in it too, and all else, as normalisation and losses, in f32. Below f32 the activations from
 * images up to pooled features lie in memory as f16, and so do their gradients; features, logits and losses are f32.
 */
export function autocast<T>(precision: Precision, body: () => T): T {
  const outer = current;
  current = precision;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/** What the shape of an operator says whose results, activations, lie in memory as f16 below f32. */
export const castStorage = (): StoredShape => (current === "f32" ? {} : { storage: "f16" });

/** What the shape of an operator says whose results lie in memory as what it is given does. */
export const storageOf = (...given: readonly Tensor[]): StoredShape =>
  given.some(({ dtype }) => dtype === "f16") ? { storage: "f16" } : {};

/** What the shape of a product says of the precision that is asked for here: nothing for f32. */
export const castPrecision = (): { readonly precision?: ReducedPrecision } =>
  current === "f32" ? {} : { precision: current };
