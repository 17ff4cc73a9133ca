import type { NormaliseShape } from "@fledge/input";
import { castStorage } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { imageNet } from "./image-net.ts";
import { operators } from "./table.ts";

export interface NormaliseOptions {
  /** Side of the square window; the whole image by default. */
  readonly size?: number;
  /** Per channel, of values in 0..1; ImageNet's by default. */
  readonly statistics?: Pick<NormaliseShape, "mean" | "std">;
}

/**
 * Crops, flips and normalises bytes: images u8 [N,IH,IW,3] -> f32 [N,OH,OW,3], or f16 below f32.
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
    { N, IH, IW, OH: size ?? IH, OW: size ?? IW, mean, std, ...castStorage() },
    { images, placement },
  ).out;
}

/** Normalises values in 0..1, with a gradient: pixels f32 [N,H,W,3] -> f32 [N,H,W,3]. */
export function normalisePixels(pixels: Tensor, statistics: NormaliseOptions["statistics"] = imageNet): Tensor {
  const [N, H, W] = pixels.shape as [number, number, number];
  const { mean, std } = statistics;
  return apply(operators.normalisePixels, { N, H, W, mean, std }, { pixels }).out;
}
