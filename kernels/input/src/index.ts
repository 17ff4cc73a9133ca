import { input, output, type Kernel } from "@fledge/runtime";
import * as mixImagesLadder from "./mix-images/ladder.ts";
import { checkMix, mixCount, type MixImagesShape, type MixTargetsShape } from "./mix-shape.ts";
import * as mixTargetsLadder from "./mix-targets/ladder.ts";
import * as normalise from "./normalise/ladder.ts";
import * as pixels from "./normalise-pixels/ladder.ts";
import { selectMixImages, selectMixTargets, selectNormalise, selectNormalisePixels } from "./select.ts";
import {
  checkNormalise,
  checkNormalisePixels,
  normaliseFlops,
  normalisePixelsFlops,
  type NormalisePixelsShape,
  type NormaliseShape,
} from "./shape.ts";

export { checkPlacement, type NormalisePixelsShape, type NormaliseShape } from "./shape.ts";

/**
 * Cuts a window from each image, mirrors it where asked, and normalises it: torchvision's crop, horizontal flip,
 * `ToTensor` and `Normalize` in one pass over the bytes.
 * Tensors: images u8[N,IH,IW,3], placement i32[N,3] = top, left (pixels), flip (0 or 1; mirrors the window) in;
 * out [N,OH,OW,3], f32 or f16 by `storage`. A window that would leave its image is moved back inside; `checkPlacement`
 * refuses it before.
 */
export const normaliseImages: Kernel<NormaliseShape> = {
  ...normalise.ladder,
  check: checkNormalise,
  tensors: ({ N, IH, IW, OH, OW, storage }) => ({
    images: input([N, IH, IW, 3], "u8"),
    placement: input([N, 3], "i32"),
    out: output([N, OH, OW, 3], storage),
  }),
  flops: normaliseFlops,
  select: selectNormalise,
};

/**
 * Mixes each image with another: a box of the other, and outside it both by a share. MixUp has no box, CutMix a share of
 * 1.
 * Tensors: images, others [N,H,W,C], share f32[] and box i32[4] = top, left, bottom, right (exclusive, pixels) in; out
 * [N,H,W,C]; images are f32 or f16 by `storage`. The other image of each comes as a row of `others`, so that a batch can be cut into parts.
 */
export const mixImages: Kernel<MixImagesShape> = {
  ...mixImagesLadder.ladder,
  check: checkMix,
  tensors: ({ N, H, W, C, storage }) => ({
    images: input([N, H, W, C], storage),
    others: input([N, H, W, C], storage),
    share: input([]),
    box: input([4], "i32", [0, Math.min(H, W) + 1]),
    out: output([N, H, W, C], storage),
  }),
  flops: (shape) => 3 * mixCount(shape),
  select: selectMixImages,
};

/**
 * What mixed images are taught: the first label's class has the share, the other's the rest.
 * Tensors: labels, otherLabels i32[N] and share f32[] in; targets f32[N,C] out.
 */
export const mixTargets: Kernel<MixTargetsShape> = {
  ...mixTargetsLadder.ladder,
  check: checkMix,
  tensors: ({ N, C }) => ({
    labels: input([N], "i32", [0, C]),
    otherLabels: input([N], "i32", [0, C]),
    share: input([]),
    targets: output([N, C]),
  }),
  flops: ({ N, C }) => 3 * N * C,
  select: selectMixTargets,
};

/**
 * torchvision's `Normalize` of values in 0..1 that are floats already, as those of attacked images are.
 * Tensors: pixels f32[N,H,W,3] in; out f32[N,H,W,3]. With mean 0 it takes a gradient of out to one of pixels.
 */
export const normalisePixels: Kernel<NormalisePixelsShape> = {
  ...pixels.ladder,
  check: checkNormalisePixels,
  tensors: ({ N, H, W }) => ({ pixels: input([N, H, W, 3]), out: output([N, H, W, 3]) }),
  flops: normalisePixelsFlops,
  select: selectNormalisePixels,
};
