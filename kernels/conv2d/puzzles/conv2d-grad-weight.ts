import type { Puzzle, WrongSolution } from "@fledge/testing";
import { tileBarriers } from "./mistakes/tile-barriers.ts";

const layer = "layer1.1.conv2, 64 px, batch 2";

/** Mistakes of where a tap lies. */
const taps: readonly WrongSolution[] = [
  {
    mistake: "the padding has the wrong sign",
    edits: [["m / (p.IC * p.KW) - p.padding;", "m / (p.IC * p.KW) + p.padding;"]],
  },
  {
    mistake: "the stride is left out of the column",
    edits: [["let iw = k % p.OW * p.stride +", "let iw = k % p.OW +"]],
  },
];

const puzzles: readonly Puzzle[] = [
  {
    rung: "conv2d-grad-weight/02-tiled",
    title: "A product over all pixels, in tiles",
    goal: [
      "A weight's gradient is a sum over every output pixel of the batch: a matrix product with few rows (taps and channels) and a very long K (pixels). Bring tiles of both factors into workgroup memory, BK pixels at a time, so that a loaded value feeds 16 multiply-adds.",
      "elementA finds the input pixel that output pixel k meets at a tap; it and elementB are there, and so is the grid. The loop over K is yours.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(k0 + i / BN, n0 + i % BN); }
    workgroupBarrier(); // the tiles are whole
    var part = 0.0;
    for (var k = 0u; k < BK; k++) { part += As[row * BK + k] * Bs[k * BN + column]; }
    acc += part;
    workgroupBarrier(); // and no longer read: the next step may fill them
`,
          `    // Yours: fill As and Bs together, and sum from them. So far it reads straight from memory.
    var part = 0.0;
    for (var k = k0; k < k0 + BK; k++) { part += elementA(m0 + row, k) * elementB(k, n0 + column); }
    acc += part;
`,
        ],
      ],
    },
    hints: [
      "The tiles are those of the forward product: As is [BM][BK], Bs is [BK][BN]; only what the elements mean differs.",
      "All WORKGROUP invocations fill both tiles, each every WORKGROUP-th element.",
      "Two barriers a step: before the sums, and behind them.",
      "As[i] = elementA(m0 + i / BK, k0 + i % BK); Bs[i] = elementB(k0 + i / BN, n0 + i % BN); part += As[row * BK + k] * Bs[k * BN + column].",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...tileBarriers,
      ...taps,
      {
        mistake: "only whole tiles of K are summed: the last pixels of the batch are left out",
        edits: [["k0 < gemmK; k0 += BK", "k0 + BK <= gemmK; k0 += BK"]],
      },
      {
        mistake: "the image of a pixel is forgotten: every image's gradient meets the first one's input",
        edits: [["x[((k / (p.OH * p.OW) * p.IH + ih)", "x[((ih)"]],
      },
      {
        mistake: "columns past OC are stored",
        edits: [[" && n < params.OC) { dWeight", ") { dWeight"]],
      },
    ],
  },
];

export default puzzles;
