import type { InputValue } from "@fledge/autograd";
import type { Batch, ViewImages } from "@fledge/data";
import { placementInput, viewInput } from "./images.ts";

/** Bytes of images, and the input kernel's placement [N,3] of whole ones: top 0, left 0, and the flip that the loader drew. */
export function imageInputs(
  name: string,
  { images, flips }: Pick<ViewImages, "images" | "flips">,
): Record<string, InputValue> {
  const placement = new Int32Array(flips.length * 3);
  flips.forEach((flip, row) => (placement[row * 3 + 2] = flip));
  return { [name]: images, [placementInput(name)]: placement };
}

/** All that a loader's batch has to give; a program takes the inputs that it names. */
export function batchInputs(batch: Batch<string>): Record<string, InputValue> {
  const views = Object.entries(batch.views).map(([name, images]) => imageInputs(viewInput(name), images));
  return Object.assign({ labels: batch.labels, ...imageInputs("images", batch) }, ...views) as Record<
    string,
    InputValue
  >;
}
