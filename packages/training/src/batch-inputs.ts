import type { InputValue } from "@fledge/autograd";
import type { ViewImages } from "@fledge/data";
import { placementInput, viewInput } from "./images.ts";
import type { BatchImages, ImageBatch } from "./open-loader.ts";

/** Bytes of images, and the input kernel's placement [N,3] of whole ones: top 0, left 0, and the flip that the loader drew. */
export function imageInputs(
  name: string,
  { images, flips }: Pick<ViewImages<BatchImages>, "images" | "flips">,
): Record<string, InputValue> {
  const placement = new Int32Array(flips.length * 3);
  flips.forEach((flip, row) => (placement[row * 3 + 2] = flip));
  return { [name]: images, [placementInput(name)]: placement };
}

const viewInputs = ({ views }: ImageBatch): Record<string, InputValue> =>
  Object.assign({}, ...Object.entries(views).map(([name, images]) => imageInputs(viewInput(name), images))) as Record<
    string,
    InputValue
  >;

/** All that a loader's batch has to give; a program takes the inputs that it names. */
export const batchInputs = (batch: ImageBatch): Record<string, InputValue> => ({
  labels: batch.labels,
  ...imageInputs("images", batch),
  ...viewInputs(batch),
});

/** The same of images without labels that stand beside a batch. */
export const besideInputs = (batch: ImageBatch): Record<string, InputValue> => ({
  ...imageInputs(viewInput("unlabelled"), batch),
  ...viewInputs(batch),
});
