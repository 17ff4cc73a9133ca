import type { Constants } from "@fledge/runtime";
import type { Shape } from "./ladders.ts";

/** What batchnorm's kernels are asked besides sizes. */
const normalised = { epsilon: 1e-5, relu: true, residual: false };

/** Sizes at which a picture of a kernel's moves can be looked at, the first that a rung takes. */
export const smallShapes: Readonly<Record<string, readonly Shape[]>> = (() => {
  const linear = [{ N: 8, IN: 8, OUT: 16 }];
  const kernel3 = { N: 1, IH: 4, IW: 4, IC: 4, OC: 4, KH: 3, KW: 3, stride: 1, padding: 1 };
  const conv2d = [kernel3, { ...kernel3, KH: 1, KW: 1, padding: 0 }];
  const rows = { N: 2, H: 8, W: 8, C: 4 };
  // Some rungs take blocks of sixteen channels.
  const channels = [rows, { N: 1, H: 8, W: 8, C: 16 }];
  const loss = [{ N: 4, C: 16, target: "hard", labelSmoothing: 0 }];
  const weighted = [{ ...loss[0], reduction: "mean_all" }];
  const vector = [{ count: 64 }];
  const parts = [{ countA: 32, countB: 32 }];
  const classes = [{ N: 4, C: 16 }];
  const dropped = [{ N: 4, C: 16, rate: 0.5, layer: 1 }];
  const paths = [{ N: 4, size: 16, survival: 0.5, relu: false }];
  const pooled = [{ N: 1, IH: 6, IW: 6, C: 4, kernel: 3, stride: 2, padding: 1 }];
  const averaged = [{ N: 2, H: 4, W: 4, C: 8 }];
  const pixels = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const update = [{ count: 64, momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false }];
  return {
    "linear-forward": linear,
    "linear-grad-input": linear,
    "linear-grad-weight": linear,
    "conv2d-forward": conv2d,
    "conv2d-grad-input": conv2d,
    "conv2d-grad-weight": conv2d,
    "batchnorm-statistics": channels.map((shape) => ({ ...shape, momentum: 0.1 })),
    "batchnorm-apply": [8, 16].map((C) => ({ N: 1, H: 4, W: 4, C, ...normalised })),
    "batchnorm-backward": channels.map((shape) => ({ ...shape, ...normalised, frozen: false })),
    "softmax-cross-entropy-forward": loss,
    "softmax-cross-entropy-backward": loss,
    "softmax-cross-entropy-with-gradient": loss,
    "weighted-cross-entropy-forward": weighted,
    "weighted-cross-entropy-backward": weighted,
    softmax: [{ ...classes[0], temperature: 0.4 }],
    confidence: classes,
    "top-one": classes,
    "count-correct": classes,
    "dlr-gradient": classes,
    "attack-step": [{ N: 2, P: 32 }],
    "attack-keep": vector,
    "keep-mask": dropped,
    dropout: [{ ...vector[0], rate: 0.5 }],
    "dropout-drawn": dropped,
    "drop-path-forward": paths,
    "drop-path-backward": paths,
    relu: vector,
    "relu-backward": vector,
    add: vector,
    cast: [{ ...vector[0], to: "f16" }],
    scale: [{ ...vector[0], factor: 0.5 }],
    concatenate: parts,
    split: parts,
    "normalise-images": [{ N: 2, IH: 4, IW: 4, OH: 4, OW: 4, ...pixels }],
    "normalise-pixels": [{ N: 2, H: 4, W: 4, ...pixels }],
    "mix-images": [{ N: 2, H: 4, W: 4, C: 4 }],
    "mix-targets": classes,
    "max-pool2d-forward": pooled,
    "max-pool2d-backward": pooled,
    "global-average-pool-forward": averaged,
    "global-average-pool-backward": averaged,
    "sgd-update": update,
    "sgd-update-scaled": update,
    "sgd-accumulate": vector,
    "sgd-average": vector,
    "sgd-check-finite": vector,
  };
})();

/** A split along K has at least 256 terms: here the pixels of the output, or the taps and channels of the input. */
const manyPixels: Shape = { N: 2, IH: 12, IW: 12, IC: 1, OC: 4, KH: 3, KW: 3, stride: 1, padding: 1 };
const manyChannels: Shape = { N: 1, IH: 4, IW: 4, IC: 32, OC: 4, KH: 3, KW: 3, stride: 1, padding: 1 };
const manyGradientChannels: Shape = { ...manyChannels, IC: 4, OC: 32 };
/** Two tiles of 8 channels side by side, or lanes of four channels that share rows. */
const wide: Shape = { N: 1, IH: 4, IW: 4, IC: 8, OC: 8, KH: 3, KW: 3, stride: 1, padding: 1 };
/** As many channels as LANES lanes of four have, with the fewest pixels. */
const lanesWide: Shape = { N: 1, IH: 4, IW: 4, IC: 4, OC: 32, KH: 3, KW: 3, stride: 1, padding: 1 };
const lanesWideBack: Shape = { ...lanesWide, IC: 32, OC: 4 };
/** Windows that begin at two different words of a vector. */
const twoPhases: Shape = { N: 1, IH: 8, IW: 8, IC: 3, OC: 4, KH: 3, KW: 3, stride: 2, padding: 1 };
const pointwise = { KH: 1, KW: 1, padding: 0 };
/** Four tiles of Winograd's; sixteen positions of 16 channels fill a page's width. */
const fourTiles: Shape = { ...lanesWide, OC: 16 };
const fourTilesBack: Shape = { ...lanesWideBack, IC: 16 };
/** Two quads of channels, and two strips of rows. */
const quads = { N: 2, H: 8, W: 8, C: 8 };
const quadStatistics: Shape = { ...quads, momentum: 0.1 };
const quadGradient: Shape = { ...quads, ...normalised, frozen: false };

/** Shapes for single rungs, over those of their kernel. */
export const shapesOfRungs: Readonly<Record<string, Shape>> = {
  "conv2d-forward/04-vectorised": wide,
  "conv2d-forward/05-pipelined": wide,
  "conv2d-forward/07-lane-broadcast": lanesWide,
  "conv2d-forward/08-vec4-lanes": lanesWide,
  "conv2d-forward/09-gemm-1x1": { ...lanesWide, ...pointwise, IC: 8 },
  "conv2d-forward/10-winograd": fourTiles,
  "conv2d-forward/11-f16": wide,
  "conv2d-forward/16-uniform-winograd": fourTiles,
  "conv2d-forward/17-big-tiles": wide,
  "conv2d-forward/18-row-offsets": wide,
  "conv2d-forward/19-subgroup-tiles": wide,
  "conv2d-forward/20-prefetched": wide,
  "conv2d-forward/21-split-k": manyChannels,
  "conv2d-forward/25-packed-rows": lanesWide,
  "conv2d-forward/32-windows": twoPhases,
  "conv2d-forward/33-panels-2x2": fourTiles,
  "conv2d-grad-input/04-vectorised": wide,
  "conv2d-grad-input/05-pipelined": wide,
  "conv2d-grad-input/07-lane-broadcast": lanesWideBack,
  "conv2d-grad-input/08-transposed-weight": lanesWideBack,
  "conv2d-grad-input/09-gemm-1x1": { ...lanesWideBack, ...pointwise, OC: 8 },
  "conv2d-grad-input/10-winograd": fourTilesBack,
  "conv2d-grad-input/11-f16": wide,
  "conv2d-grad-input/15-uniform-winograd": fourTilesBack,
  "conv2d-grad-input/16-big-tiles": wide,
  "conv2d-grad-input/17-row-offsets": wide,
  "conv2d-grad-input/18-subgroup-tiles": wide,
  "conv2d-grad-input/19-prefetched": wide,
  "conv2d-grad-input/20-split-k": manyGradientChannels,
  "conv2d-grad-input/24-packed-rows": lanesWideBack,
  "conv2d-grad-input/27-strided-rows": { ...lanesWideBack, ...pointwise, OC: 8, stride: 2 },
  "conv2d-grad-input/28-row-panels": { ...lanesWideBack, ...pointwise, OC: 8 },
  "conv2d-grad-input/29-tall-rows": { ...lanesWideBack, ...pointwise, OC: 8 },
  "conv2d-grad-input/30-panels-2x2": fourTilesBack,
  "conv2d-grad-weight/04-split-k": manyPixels,
  "conv2d-grad-weight/11-winograd": fourTiles,
  "batchnorm-statistics/04-vectorised": quadStatistics,
  "batchnorm-statistics/05-shifted-moments": quadStatistics,
  "batchnorm-statistics/06-whole-columns": quadStatistics,
  "batchnorm-statistics/11-wide-lanes": { ...quadStatistics, N: 1, H: 4, W: 4, C: 64 },
  "batchnorm-backward/04-vectorised": quadGradient,
  "batchnorm-backward/05-long-strips": quadGradient,
  "batchnorm-backward/06-whole-columns": quadGradient,
  "batchnorm-backward/10-wide-lanes": { ...quadGradient, N: 1, H: 4, W: 4, C: 64 },
  "batchnorm-backward/11-counted": { ...quadGradient, N: 1, H: 4, W: 4, C: 64 },
  "batchnorm-backward/12-long": { ...quadGradient, N: 1, H: 2, W: 2, C: 256 },
};

const tile = { BM: 4, BN: 4, BK: 4, WORKGROUP: 16 };
const block = { BM: 8, BN: 4, BK: 4, TM: 2, TN: 2, WORKGROUP: 8 };
/** With one vector of each tile to fetch for an invocation, where it fetches ahead. */
const vectorBlock = { BM: 8, BN: 8, BK: 4, TM: 2, WORKGROUP: 8, PA: 1, PB: 1 };
/** Of grad-weight, whose rows are vectors too. */
const squareBlock = { BM: 8, BN: 8, BK: 4, TM: 4, WORKGROUP: 4, PA: 2, PB: 2 };
const bigTile = { BM: 8, BN: 8, BK: 8, TM: 2, TN: 4, LM: 2, LN: 2, WORKGROUP: 8 };
const bigSquare = { BM: 16, BN: 8, BK: 8, TM: 4, TN: 4, LM: 2, LN: 2, WORKGROUP: 8 };
const registers = { TM: 2, TN: 2, WORKGROUP: 8 };
const vectors = { BM: 4, BN: 2, BK: 1, TM: 1 };
const tree = { QUADS: 1, LANES: 8, WORKGROUP: 8 };
/** Lanes for half the rows that a lane can hold. */
const halfRows = { TM: 16, WORKGROUP: 8 };
/** The least rows of a panel. */
const shortPanels = { TM: 16 };
const subgroupRows = { WORKGROUP: 16, ROWS: 4 };

/** Constants for a few lanes and small tiles, in place of a file's own, which are for large layers. */
export const chosenConstants: Readonly<Record<string, Constants>> = {
  "linear-forward/01-naive": { WORKGROUP: 16 },
  "linear-forward/02-register-blocked": { WORKGROUP: 8, TM: 2 },
  "linear-forward/03-lane-broadcast": { WORKGROUP: 8, TM: 2 },
  "linear-forward/04-workgroup-tiles": vectors,
  "linear-forward/05-split-k": { WORKGROUP: 8, TM: 2, SPLITS: 2 },
  "linear-forward/06-f16": vectors,
  "linear-forward/07-uniform-rows": { WORKGROUP: 8, TM: 2 },
  "linear-grad-input/01-naive": { WORKGROUP: 16 },
  "linear-grad-input/02-register-blocked": { WORKGROUP: 8, TM: 2 },
  "linear-grad-input/03-lane-broadcast": { WORKGROUP: 8, TM: 2 },
  "linear-grad-input/04-workgroup-tiles": vectors,
  "linear-grad-input/05-f16": vectors,
  "linear-grad-input/06-uniform-rows": { WORKGROUP: 8, TM: 2 },
  "linear-grad-weight/01-naive": { WORKGROUP: 16 },
  "linear-grad-weight/02-register-blocked": { WORKGROUP: 8 },
  "linear-grad-weight/03-lane-broadcast": { WORKGROUP: 8, TM: 2 },
  "linear-grad-weight/06-uniform-rows": { WORKGROUP: 8, TM: 2 },
  "conv2d-forward/01-naive": { WORKGROUP: 16 },
  "conv2d-forward/02-tiled": tile,
  "conv2d-forward/03-register-blocked": block,
  "conv2d-forward/04-vectorised": vectorBlock,
  "conv2d-forward/05-pipelined": vectorBlock,
  "conv2d-forward/06-registers-only": registers,
  "conv2d-forward/10-winograd": { WORKGROUP: 8 },
  "conv2d-forward/11-f16": vectorBlock,
  "conv2d-forward/13-uniform-rows": halfRows,
  "conv2d-forward/14-weight-panels": halfRows,
  "conv2d-forward/15-kernel-lines": halfRows,
  "conv2d-forward/16-uniform-winograd": halfRows,
  "conv2d-forward/17-big-tiles": bigTile,
  "conv2d-forward/18-row-offsets": bigTile,
  "conv2d-forward/19-subgroup-tiles": bigTile,
  "conv2d-forward/20-prefetched": bigTile,
  "conv2d-forward/21-split-k": { ...bigTile, BM: 16, BN: 4, LN: 1 },
  "conv2d-forward/23-tiles-4x4": { WORKGROUP: 8 },
  "conv2d-forward/24-uniform-4x4": halfRows,
  "conv2d-forward/28-one-lane": halfRows,
  "conv2d-forward/29-tall-rows": halfRows,
  "conv2d-forward/30-tall-panels": halfRows,
  "conv2d-forward/31-tall-lines": halfRows,
  "conv2d-forward/32-windows": halfRows,
  "conv2d-forward/33-panels-2x2": shortPanels,
  "conv2d-forward/34-panels-4x4": shortPanels,
  "conv2d-grad-input/01-naive": { WORKGROUP: 16 },
  "conv2d-grad-input/02-tiled": tile,
  "conv2d-grad-input/03-register-blocked": block,
  "conv2d-grad-input/04-vectorised": vectorBlock,
  "conv2d-grad-input/05-pipelined": vectorBlock,
  "conv2d-grad-input/06-registers-only": registers,
  "conv2d-grad-input/08-transposed-weight": { WORKGROUP: 8 },
  "conv2d-grad-input/10-winograd": { WORKGROUP: 8 },
  "conv2d-grad-input/11-f16": vectorBlock,
  "conv2d-grad-input/13-uniform-rows": halfRows,
  "conv2d-grad-input/14-padded-gradient": halfRows,
  "conv2d-grad-input/15-uniform-winograd": halfRows,
  "conv2d-grad-input/16-big-tiles": bigTile,
  "conv2d-grad-input/17-row-offsets": bigTile,
  "conv2d-grad-input/18-subgroup-tiles": bigTile,
  "conv2d-grad-input/19-prefetched": bigTile,
  "conv2d-grad-input/20-split-k": { ...bigTile, BM: 16, BN: 4, LN: 1 },
  "conv2d-grad-input/22-tiles-4x4": { WORKGROUP: 8 },
  "conv2d-grad-input/23-uniform-4x4": halfRows,
  "conv2d-grad-input/27-strided-rows": halfRows,
  "conv2d-grad-input/28-row-panels": halfRows,
  "conv2d-grad-input/30-panels-2x2": shortPanels,
  "conv2d-grad-input/31-panels-4x4": shortPanels,
  "conv2d-grad-weight/01-naive": { WORKGROUP: 16 },
  "conv2d-grad-weight/02-tiled": tile,
  "conv2d-grad-weight/03-register-blocked": block,
  "conv2d-grad-weight/04-split-k": { ...block, BK: 8 },
  "conv2d-grad-weight/05-vectorised": squareBlock,
  "conv2d-grad-weight/06-pipelined": squareBlock,
  "conv2d-grad-weight/07-registers-only": registers,
  "conv2d-grad-weight/08-lane-broadcast": { WORKGROUP: 8 },
  "conv2d-grad-weight/09-vec4-lanes": { WORKGROUP: 8 },
  "conv2d-grad-weight/10-gemm-1x1": { WORKGROUP: 8 },
  "conv2d-grad-weight/11-winograd": { WORKGROUP: 8 },
  "conv2d-grad-weight/12-f16": squareBlock,
  "conv2d-grad-weight/14-pixel-quads": halfRows,
  "conv2d-grad-weight/15-tile-quads": halfRows,
  "conv2d-grad-weight/16-big-tiles": bigSquare,
  "conv2d-grad-weight/17-row-offsets": bigSquare,
  "conv2d-grad-weight/18-subgroup-tiles": bigSquare,
  "conv2d-grad-weight/19-prefetched": bigSquare,
  "conv2d-grad-weight/20-tiles-4x4": { WORKGROUP: 8 },
  "conv2d-grad-weight/21-quads-4": halfRows,
  "conv2d-grad-weight/22-quad-lanes": halfRows,
  "conv2d-grad-weight/25-touched-ahead": halfRows,
  "conv2d-grad-weight/26-one-lane": halfRows,
  "conv2d-grad-weight/27-dout-quads": halfRows,
  "conv2d-grad-weight/28-shuffled": halfRows,
  "conv2d-grad-weight/29-tall": halfRows,
  "conv2d-grad-weight/30-plain": { WORKGROUP: 8 },
  "conv2d-grad-weight/31-panels": shortPanels,
  "conv2d-grad-weight/32-panels-4": shortPanels,
  "batchnorm-statistics/01-naive": { WORKGROUP: 4 },
  "batchnorm-statistics/02-split-rows": { WORKGROUP: 4 },
  "batchnorm-statistics/03-single-read": { WORKGROUP: 4 },
  "batchnorm-statistics/04-vectorised": { WORKGROUP: 4 },
  "batchnorm-statistics/05-shifted-moments": { WORKGROUP: 4 },
  "batchnorm-statistics/06-whole-columns": { WORKGROUP: 2 },
  "batchnorm-statistics/07-workgroup-tree": tree,
  "batchnorm-statistics/08-subgroup-shuffle": { ...tree, COMBINE_SIZE: 8 },
  "batchnorm-apply/01-naive": { WORKGROUP: 16 },
  "batchnorm-apply/02-several-rows": { WORKGROUP: 8, ROWS: 4 },
  "batchnorm-apply/03-vectorised": { WORKGROUP: 4, ROWS: 4 },
  "batchnorm-apply/04-long-runs": { WORKGROUP: 4, ROWS: 4 },
  "batchnorm-backward/01-naive": { WORKGROUP: 4 },
  "batchnorm-backward/02-split-rows": { WORKGROUP: 4 },
  "batchnorm-backward/03-several-rows": { WORKGROUP: 4 },
  "batchnorm-backward/04-vectorised": { WORKGROUP: 4 },
  "batchnorm-backward/05-long-strips": { WORKGROUP: 4 },
  "batchnorm-backward/06-whole-columns": { WORKGROUP: 2 },
  "batchnorm-backward/07-workgroup-tree": tree,
  "softmax-cross-entropy-forward/03-workgroup": { WORKGROUP: 8 },
  "softmax-cross-entropy-forward/04-subgroup": subgroupRows,
  "softmax-cross-entropy-backward/03-workgroup": { WORKGROUP: 8 },
  "softmax-cross-entropy-backward/04-subgroup": subgroupRows,
  "softmax-cross-entropy-with-gradient/03-subgroup": subgroupRows,
  "softmax-cross-entropy-with-gradient/04-one-dispatch": { WORKGROUP: 8 },
};

/** Of rungs without tiles: few lanes, each with few elements; where there is one lane, several for it. */
const fewLanes: Readonly<Record<number, Constants>> = {
  64: { WORKGROUP: 8, VECTORS: 2, QUADS: 2 },
  1: { VECTORS: 4 },
};
/** A module with one of these counts on its other constants to go with it. */
const tied = ["BM", "BN", "LANES", "TM", "WINDOWS", "SPLIT", "AHEAD"];

/** Constants with which a rung's picture begins, in place of those of its file. */
export function smallConstants(id: string, constants: Constants): Constants {
  const few = tied.some((name) => name in constants) ? undefined : fewLanes[constants["WORKGROUP"] ?? 0];
  const wanted = chosenConstants[id] ?? few ?? {};
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => name in constants));
}
