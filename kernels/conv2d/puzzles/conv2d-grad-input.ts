import type { Puzzle, WrongSolution } from "@fledge/testing";
import { tileBarriers } from "./mistakes/tile-barriers.ts";

const layer = "layer1.1.conv2, 64 px, batch 2";

/** Mistakes of where a tap lies. */
const taps: readonly WrongSolution[] = [
  {
    mistake: "the padding has the wrong sign where a phase's first tap is found",
    edits: [
      [
        "phase.kh0 = (phase.offsetH + p.padding) % p.stride;",
        "phase.kh0 = (phase.offsetH + p.stride * p.padding - p.padding) % p.stride;",
      ],
    ],
  },
  {
    mistake: "a column is stored at its row's place in the phase: right where the stride is 1",
    edits: [["* p.stride + phase.offsetW;", "* p.stride + phase.offsetH;"]],
  },
];

const puzzles: readonly Puzzle[] = [
  {
    rung: "conv2d-grad-input/02-tiled",
    title: "Tiles, a phase of the stride at a time",
    goal: [
      "The gradient of the input is a convolution turned around: an input pixel collects from every output pixel that has read it. With a stride of 2 only a quarter of the taps meet it, and which quarter follows from whether its row and column are even: there are stride * stride phases, each a matrix product of its own.",
      "phaseOf, elementA, elementB and store know all of that. The loop over the taps and channels of a phase, by tiles in workgroup memory, is yours.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `    for (var i = local; i < BM * BK; i += WORKGROUP) { As[i] = elementA(phase, m0 + i / BK, k0 + i % BK); }
    for (var i = local; i < BK * BN; i += WORKGROUP) { Bs[i] = elementB(phase, k0 + i / BN, n0 + i % BN); }
    workgroupBarrier(); // the tiles are whole
    var part = 0.0;
    for (var k = 0u; k < BK; k++) { part += As[row * BK + k] * Bs[k * BN + column]; }
    acc += part;
    workgroupBarrier(); // and no longer read: the next step may fill them
`,
          `    // Yours: fill As and Bs together, and sum from them. So far it reads straight from memory.
    var part = 0.0;
    for (var k = k0; k < k0 + BK; k++) { part += elementA(phase, m0 + row, k) * elementB(phase, k, n0 + column); }
    acc += part;
`,
        ],
      ],
    },
    hints: [
      "As is [BM][BK], Bs is [BK][BN]; both are filled by all invocations of the workgroup together.",
      "May an invocation whose row lies outside leave early? It would miss the barriers, and its part of the tiles.",
      "Two barriers a step: before the sums, and behind them.",
      "As[i] = elementA(phase, m0 + i / BK, k0 + i % BK); Bs[i] = elementB(phase, k0 + i / BN, n0 + i % BN); part += As[row * BK + k] * Bs[k * BN + column].",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...tileBarriers,
      ...taps,
      {
        mistake: "only whole tiles of K are summed",
        edits: [["k0 < phase.gemmK; k0 += BK", "k0 + BK <= phase.gemmK; k0 += BK"]],
      },
      {
        mistake: "the kernel is not turned around: taps move the wrong way",
        edits: [["/ p.stride - tap / phase.tapsW;", "/ p.stride + tap / phase.tapsW;"]],
      },
      {
        mistake: "columns past the image are stored: they are the next line's",
        edits: [[" || ih >= p.IH || iw >= p.IW) { return; }", " || ih >= p.IH) { return; }"]],
      },
    ],
  },
  {
    rung: "conv2d-grad-input/04-vectorised",
    title: "Four channels to a load",
    goal: [
      "Where IC and OC are multiples of four, dOut and weight can be loaded by four output channels, which are K here for both, and dX stored by four input channels. Bs then holds [BN][BK] in vectors, and a sum takes a dot product of four k's.",
      "Shapes with ragged channels are refused before the kernel runs.",
    ],
    hints: [
      "weight is [KH,KW,IC,OC]: its four neighbours are four k's of one n. So element i of Bs is n = i / (BK / 4), k = i % (BK / 4) * 4.",
      "A block is TM rows of one vec4f of four n's. Each of the four needs the vector of its own n.",
      "A row vector times a matrix gives the dot product with each column: v * m in WGSL.",
      "var b: mat4x4f; b[u] = Bs[((column + u) * BK + k) / 4]; part[r] += As[((row + r) * BK + k) / 4] * b.",
    ],
    layer,
    share: 0.8,
    wrong: [
      ...taps,
      {
        mistake: "the matrix is on the wrong side of the product",
        edits: [["part[r] += As[((row + r) * BK + k) / 4] * b;", "part[r] += b * As[((row + r) * BK + k) / 4];"]],
      },
      {
        mistake: "Bs is filled as [BK][BN], and read as [BN][BK]",
        edits: [
          ["vectorB(phase, k0 + i % (BK / 4) * 4, n0 + i / (BK / 4))", "vectorB(phase, k0 + i / BN * 4, n0 + i % BN)"],
        ],
      },
      {
        mistake: "the four columns of the matrix are all the first",
        edits: [["b[u] = Bs[((column + u) * BK + k) / 4];", "b[u] = Bs[(column * BK + k) / 4];"]],
      },
    ],
  },
];

export default puzzles;
