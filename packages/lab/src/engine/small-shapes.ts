import type { Constants } from "@fledge/runtime";
import type { Shape } from "./ladders.ts";

/** Sizes at which a picture of a kernel's moves can be looked at, the first that a rung takes. */
export const smallShapes: Readonly<Record<string, readonly Shape[]>> = (() => {
  const linear = [{ N: 8, IN: 8, OUT: 16 }];
  const kernel3 = { N: 1, IH: 4, IW: 4, IC: 4, OC: 4, KH: 3, KW: 3, stride: 1, padding: 1 };
  const conv2d = [kernel3, { ...kernel3, KH: 1, KW: 1, padding: 0 }];
  const rows = { N: 2, H: 8, W: 8, C: 4 };
  const batchnorm = [{ ...rows, epsilon: 1e-5, relu: true, residual: false, frozen: false }];
  const loss = [{ N: 4, C: 16, target: "hard", labelSmoothing: 0 }];
  return {
    "linear-forward": linear,
    "linear-grad-input": linear,
    "linear-grad-weight": linear,
    "conv2d-forward": conv2d,
    "conv2d-grad-input": conv2d,
    "conv2d-grad-weight": conv2d,
    "batchnorm-statistics": [{ ...rows, momentum: 0.1 }],
    "batchnorm-apply": [{ N: 1, H: 4, W: 4, C: 8, epsilon: 1e-5, relu: true, residual: false }],
    "batchnorm-backward": batchnorm,
    "softmax-cross-entropy-forward": loss,
    "softmax-cross-entropy-backward": loss,
    "softmax-cross-entropy-with-gradient": loss,
  };
})();

/** A split along K has at least 256 terms, here the pixels of the output. */
const manyPixels: Shape = { N: 2, IH: 12, IW: 12, IC: 1, OC: 4, KH: 3, KW: 3, stride: 1, padding: 1 };

/** Shapes for single rungs, over those of their kernel. */
export const shapesOfRungs: Readonly<Record<string, Shape>> = { "conv2d-grad-weight/04-split-k": manyPixels };

const tile = { BM: 4, BN: 4, BK: 4, WORKGROUP: 16 };
const block = { BM: 8, BN: 4, BK: 4, TM: 2, TN: 2, WORKGROUP: 8 };
const vectors = { BM: 4, BN: 2, BK: 1, TM: 1 };
const tree = { QUADS: 1, LANES: 8, WORKGROUP: 8 };

/** Constants for a few lanes and small tiles, in place of a file's own, which are for large layers. */
export const smallConstants: Readonly<Record<string, Constants>> = {
  "linear-forward/01-naive": { WORKGROUP: 16 },
  "linear-forward/02-register-blocked": { WORKGROUP: 8, TM: 2 },
  "linear-forward/04-workgroup-tiles": vectors,
  "linear-forward/05-split-k": { WORKGROUP: 8, TM: 2, SPLITS: 2 },
  "linear-grad-input/01-naive": { WORKGROUP: 16 },
  "linear-grad-input/02-register-blocked": { WORKGROUP: 8, TM: 2 },
  "linear-grad-input/04-workgroup-tiles": vectors,
  "linear-grad-weight/01-naive": { WORKGROUP: 16 },
  "linear-grad-weight/02-register-blocked": { WORKGROUP: 8 },
  "conv2d-forward/01-naive": { WORKGROUP: 16 },
  "conv2d-forward/02-tiled": tile,
  "conv2d-forward/03-register-blocked": block,
  "conv2d-forward/10-winograd": { WORKGROUP: 8 },
  "conv2d-grad-input/01-naive": { WORKGROUP: 16 },
  "conv2d-grad-input/02-tiled": tile,
  "conv2d-grad-input/03-register-blocked": block,
  "conv2d-grad-input/10-winograd": { WORKGROUP: 8 },
  "conv2d-grad-weight/01-naive": { WORKGROUP: 16 },
  "conv2d-grad-weight/02-tiled": tile,
  "conv2d-grad-weight/03-register-blocked": block,
  "conv2d-grad-weight/04-split-k": { ...block, BK: 8 },
  "conv2d-grad-weight/11-winograd": { WORKGROUP: 8 },
  "batchnorm-statistics/01-naive": { WORKGROUP: 4 },
  "batchnorm-statistics/02-split-rows": { WORKGROUP: 4 },
  "batchnorm-statistics/03-single-read": { WORKGROUP: 4 },
  "batchnorm-statistics/07-workgroup-tree": tree,
  "batchnorm-apply/01-naive": { WORKGROUP: 16 },
  "batchnorm-apply/02-several-rows": { WORKGROUP: 8, ROWS: 4 },
  "batchnorm-apply/03-vectorised": { WORKGROUP: 8 },
  "batchnorm-backward/01-naive": { WORKGROUP: 4 },
  "batchnorm-backward/07-workgroup-tree": tree,
  "softmax-cross-entropy-forward/03-workgroup": { WORKGROUP: 8 },
  "softmax-cross-entropy-backward/03-workgroup": { WORKGROUP: 8 },
};
