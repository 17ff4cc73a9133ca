import type { TensorData } from "@fledge/testing";
import type { MixImagesShape, MixTargetsShape } from "../src/mix-shape.ts";
import { mixImagesReference, mixTargetsReference } from "../src/reference.ts";

type Tensors = Readonly<Record<string, TensorData>>;

/** Values as of normalised images, with an outlier in each hundred. */
export const mixInputs =
  (share: number, box: readonly number[]) =>
  ({ N, H, W, C }: MixImagesShape, uniform: () => number) => {
    const draw = () => Float32Array.from({ length: N * H * W * C }, (_, i) => uniform() * (i % 100 === 7 ? 1000 : 2));
    return { images: draw(), others: draw(), share: Float32Array.of(share), box: Int32Array.from(box) };
  };

export const expectedMix = (shape: MixImagesShape, { images, others, share, box }: Tensors) => ({
  out: mixImagesReference(shape, images!, others!, share![0]!, [...(box as Int32Array)]),
});

/** Two products and a sum, of a share and its rest that is rounded; what a box holds and shares of 1 are exact. */
export const mixTolerance = (_shape: MixImagesShape, { images, others, share }: Tensors) => ({
  out: Float64Array.from(images!, (value, i) =>
    share![0] === 1 ? 0 : 4 * 2 ** -24 * (Math.abs(value) + Math.abs(others![i]!)),
  ),
});

export const targetInputs =
  (share: number) =>
  ({ N, C }: MixTargetsShape) => ({
    labels: Int32Array.from({ length: N }, (_, n) => n % C),
    otherLabels: Int32Array.from({ length: N }, (_, n) => (n * n) % C),
    share: Float32Array.of(share),
  });

export const expectedTargets = (shape: MixTargetsShape, { labels, otherLabels, share }: Tensors) => ({
  targets: mixTargetsReference(shape, labels!, otherLabels!, share![0]!),
});
