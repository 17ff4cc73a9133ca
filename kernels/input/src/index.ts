import { input, output, type Kernel } from "@fledge/runtime";
import * as normalise from "./normalise/ladder.ts";
import { selectNormalise } from "./select.ts";
import { checkNormalise, normaliseFlops, type NormaliseShape } from "./shape.ts";

export { checkPlacement, type NormaliseShape } from "./shape.ts";

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
