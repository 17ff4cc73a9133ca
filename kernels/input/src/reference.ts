import type { MixImagesShape, MixTargetsShape } from "./mix-shape.ts";
import type { NormalisePixelsShape, NormaliseShape } from "./shape.ts";

/**
 * torchvision's crop, horizontal flip, `ToTensor` and `Normalize` in float64; this function defines `normaliseImages`.
 * A window that would leave the image is moved back inside by the shortest way.
 * @param images u8[N,IH,IW,3]
 * @param placement i32[N,3]: top, left, flip
 * @returns [N,OH,OW,3]
 */
export function normaliseReference(
  { N, IH, IW, OH, OW, mean, std }: NormaliseShape,
  images: Uint8Array,
  placement: Int32Array,
): Float64Array {
  const out = new Float64Array(N * OH * OW * 3);
  for (let n = 0; n < N; n++) {
    const top = Math.min(Math.max(placement[3 * n], 0), IH - OH);
    const left = Math.min(Math.max(placement[3 * n + 1], 0), IW - OW);
    const flip = placement[3 * n + 2] !== 0;
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        const ih = top + oh;
        const iw = left + (flip ? OW - 1 - ow : ow);
        for (let c = 0; c < 3; c++) {
          const value = images[((n * IH + ih) * IW + iw) * 3 + c];
          out[((n * OH + oh) * OW + ow) * 3 + c] = (value / 255 - mean[c]) / std[c];
        }
      }
    }
  }
  return out;
}

/**
 * MixUp (Zhang et al. 2018) and CutMix (Yun et al. 2019) of two batches in float64; this function defines `mixImages`.
 * @param images f32[N,H,W,C], as `others` is
 * @param share of `images` outside the box: MixUp's lambda, 1 for CutMix
 * @param box top, left, bottom, right (exclusive) in pixels: within it is `others`; empty for MixUp
 */
export function mixImagesReference(
  { N, H, W, C }: MixImagesShape,
  images: ArrayLike<number>,
  others: ArrayLike<number>,
  share: number,
  [top, left, bottom, right]: readonly number[],
): Float64Array {
  const out = new Float64Array(N * H * W * C);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / C);
    const [h, w] = [Math.floor(pixel / W) % H, pixel % W];
    const inside = h >= top! && w >= left! && h < bottom! && w < right!;
    out[i] = inside ? others[i]! : share * images[i]! + (1 - share) * others[i]!;
  }
  return out;
}

/** The targets of mixed images in float64; this function defines `mixTargets`. @returns [N,C] */
export function mixTargetsReference(
  { N, C }: MixTargetsShape,
  labels: ArrayLike<number>,
  otherLabels: ArrayLike<number>,
  share: number,
): Float64Array {
  const targets = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    targets[n * C + labels[n]!] += share;
    targets[n * C + otherLabels[n]!] += 1 - share;
  }
  return targets;
}

/**
 * torchvision's `Normalize` of floats in float64; this function defines `normalisePixels`. With mean 0 it is its own
 * gradient: dPixels = dOut / std.
 * @param pixels f32[N,H,W,3]
 */
export const normalisePixelsReference = (
  { mean, std }: NormalisePixelsShape,
  pixels: ArrayLike<number>,
): Float64Array => Float64Array.from(pixels, (value, i) => (value - mean[i % 3]) / std[i % 3]);
