import type { TensorData } from "@fledge/testing";
import { normalisePixels } from "../src/index.ts";
import { normalisePixelsReference, normaliseReference } from "../src/reference.ts";
import type { NormalisePixelsShape, NormaliseShape } from "../src/shape.ts";

/** The statistics of ImageNet, as torchvision uses them. */
export const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

export type ImageInputs = { readonly images: Uint8Array<ArrayBuffer>; readonly placement: Int32Array<ArrayBuffer> };

/** Random bytes, and windows inside the images: first at the top left, last at the bottom right, flips mixed. */
export function imageInputs({ N, IH, IW, OH, OW }: NormaliseShape, uniform: () => number): ImageInputs {
  const below = (limit: number): number => Math.floor(((uniform() + 1) / 2) * limit);
  const images = Uint8Array.from({ length: N * IH * IW * 3 }, () => below(256));
  const windows = Array.from({ length: N }, (_, n) => {
    const flip = n % 2;
    if (n === 0) return [0, 0, flip];
    if (n === N - 1) return [IH - OH, IW - OW, flip];
    return [below(IH - OH + 1), below(IW - OW + 1), flip];
  });
  return { images, placement: Int32Array.from(windows.flat()) };
}

type Tensors = Readonly<Record<string, TensorData>>;

export function expectedImages(shape: NormaliseShape, inputs: Tensors): { out: Float64Array } {
  return { out: normaliseReference(shape, inputs["images"] as Uint8Array, inputs["placement"] as Int32Array) };
}

/** scale and shift are rounded, multiplied and added: 4 roundings of sums no larger than (255/255 + |mean|) / std. */
export function imageTolerance({ mean, std }: Pick<NormaliseShape, "mean" | "std">): { out: number } {
  return { out: 4 * 2 ** -24 * Math.max(...std.map((s, c) => (1 + Math.abs(mean[c])) / s)) };
}

/** `normalisePixels` with values around 0..1, its reference and bound. */
export const pixelsProblem = {
  kernel: normalisePixels,
  inputs: ({ N, H, W }: NormalisePixelsShape, uniform: () => number) => ({
    pixels: new Float32Array(N * H * W * 3).map(uniform),
  }),
  reference: (shape: NormalisePixelsShape, { pixels }: Tensors) => ({ out: normalisePixelsReference(shape, pixels!) }),
  tolerance: imageTolerance,
};
