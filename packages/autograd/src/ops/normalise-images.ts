import type { NormaliseShape } from "@fledge/input";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** Channel means and standard deviations of ImageNet, for values in 0..1 (torchvision's pretrained models). */
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

export interface NormaliseOptions {
  /** Side of the square window; the whole image by default. */
  readonly size?: number;
  /** Per channel, of values in 0..1; ImageNet's by default. */
  readonly statistics?: Pick<NormaliseShape, "mean" | "std">;
}

/**
 * Crops, flips and normalises bytes: images u8 [N,IH,IW,3] -> f32 [N,OH,OW,3].
 * @param placement i32 [N,3]: top, left (pixels) and 1 to mirror the window, per image
 */
export function normaliseImages(
  images: Tensor,
  placement: Tensor,
  { size, statistics = imageNet }: NormaliseOptions = {},
): Tensor {
  const [N, IH, IW] = images.shape as [number, number, number];
  const { mean, std } = statistics;
  return apply(
    operators.normaliseImages,
    { N, IH, IW, OH: size ?? IH, OW: size ?? IW, mean, std },
    { images, placement },
  ).out;
}
