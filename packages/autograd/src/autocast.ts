import type { Precision, ReducedPrecision } from "@fledge/runtime";

let current: Precision = "f32";

/**
 * Runs `body` with the products of its convolutions and linear layers in a precision, as torch.autocast does: their
 * gradients are computed in it too, and all else, as normalisation and losses, in f32.
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

/** What the shape of a product says of the precision that is asked for here: nothing for f32. */
export const castPrecision = (): { readonly precision?: ReducedPrecision } =>
  current === "f32" ? {} : { precision: current };
