import { input, output, type Kernel } from "@fledge/runtime";
import * as normalise from "./normalise/ladder.ts";
import * as pixels from "./normalise-pixels/ladder.ts";
import { selectNormalise, selectNormalisePixels } from "./select.ts";
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
 * out f32[N,OH,OW,3]. A window that would leave its image is moved back inside; `checkPlacement` refuses it before.
 */
export const normaliseImages: Kernel<NormaliseShape> = {
  ...normalise.ladder,
  check: checkNormalise,
  tensors: ({ N, IH, IW, OH, OW }) => ({
    images: input([N, IH, IW, 3], "u8"),
    placement: input([N, 3], "i32"),
    out: output([N, OH, OW, 3]),
  }),
  flops: normaliseFlops,
  select: selectNormalise,
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
