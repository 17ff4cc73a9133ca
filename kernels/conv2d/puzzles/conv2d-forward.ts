import type { Puzzle } from "@fledge/testing";
import { tileBarriers } from "./mistakes/tile-barriers.ts";

const layer = "layer1.1.conv2, 64 px, batch 2";

const puzzles: readonly Puzzle[] = [
  {
    rung: "conv2d-forward/02-tiled",
    title: "Tiles in workgroup memory",
    goal: [
      "In the plain rung every multiply-add waits for two loads, though neighbours load the same values. A workgroup now has a tile of BM x BN elements of out, and one invocation for each: bring what the tile takes of x and weight into workgroup memory, BK k's at a time, and sum from there.",
      "The convolution is a matrix product whose A is gathered from x: elementA and elementB give its elements, and 0 outside. What is missing is the loop over K.",
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
          `    // Yours: fill As and Bs together, and add the products of this invocation's row and column to acc.
    // It reads straight from memory so far.
    var part = 0.0;
    for (var k = k0; k < k0 + BK; k++) { part += elementA(m0 + row, k) * elementB(k, n0 + column); }
    acc += part;
`,
        ],
      ],
    },
    hints: [
      "As has BM * BK elements and Bs BK * BN. All WORKGROUP invocations fill both, each taking every WORKGROUP-th element.",
      "Element i of As is row i / BK of the tile and k number i % BK; Bs lies the other way round, [BK][BN].",
      "Two barriers a step. One, so that nobody reads a tile that is not whole; and what may happen to the tile after the last k?",
      "As[i] = elementA(m0 + i / BK, k0 + i % BK); Bs[i] = elementB(k0 + i / BN, n0 + i % BN); a barrier; part += As[row * BK + k] * Bs[k * BN + column]; acc += part; a barrier.",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...tileBarriers,
      {
        mistake: "the padding has the wrong sign",
        edits: [["k / (p.IC * p.KW) - p.padding;", "k / (p.IC * p.KW) + p.padding;"]],
      },
      {
        mistake: "the kernel's rows and columns are swapped: right for square kernels of one channel's width",
        edits: [["k / (p.IC * p.KW) - p.padding;", "k / (p.IC * p.KH) - p.padding;"]],
      },
      {
        mistake: "only whole tiles of K are summed",
        edits: [["k0 < gemmK; k0 += BK", "k0 + BK <= gemmK; k0 += BK"]],
      },
      {
        mistake: "columns past OC are stored: they land in the next row, or past the end",
        edits: [[" && n < params.OC) { out[", ") { out["]],
      },
      {
        mistake: "the number of columns of tiles is rounded down",
        edits: [["(gemmN + BN - 1) / BN", "max(gemmN / BN, 1u)"]],
      },
      {
        mistake: "As is read with the stride of Bs, and transposed",
        edits: [["As[row * BK + k]", "As[k * BM + row]"]],
      },
    ],
  },
  {
    rung: "conv2d-forward/04-vectorised",
    title: "Four channels to a load",
    goal: [
      "Where IC and OC are multiples of four, x can be loaded by four channels, which are K, and weight and out by four of theirs, which are N. Bind all three as array<vec4f>, keep the tiles in vectors, and let a turn of the inner loop take four k's.",
      "Shapes with ragged channels are refused before the kernel runs, so they need no care.",
    ],
    hints: [
      "A gives vectors along k and B along n. As holds BM rows of BK / 4 vectors, Bs holds BK rows of BN / 4.",
      "An index in elements, divided by 4, is the index of its vector: IC and OC are multiples of 4, so no vector straddles two rows.",
      "A block is now TM rows of one vec4f. Four k's by four channels of weight are a mat4x4f, whose column u is the vector of k + u.",
      "var b: mat4x4f; b[u] = Bs[((k + u) * BN + column) / 4] for u from 0 to 3; part[r] += b * As[((row + r) * BK + k) / 4].",
    ],
    layer,
    share: 0.8,
    wrong: [
      {
        mistake: "the matrix is on the wrong side of the product: its transpose is multiplied",
        edits: [["part[r] += b * As[((row + r) * BK + k) / 4];", "part[r] += As[((row + r) * BK + k) / 4] * b;"]],
      },
      {
        mistake: "the four k's of the matrix are all the first",
        edits: [["Bs[((k + u) * BN + column) / 4]", "Bs[(k * BN + column) / 4]"]],
      },
      {
        mistake: "As is filled as if its rows had BK vectors",
        edits: [["vectorA(m0 + i / (BK / 4), k0 + i % (BK / 4) * 4)", "vectorA(m0 + i / BK, k0 + i % BK)"]],
      },
      {
        mistake: "Bs steps by one element where it should by a vector of four",
        edits: [["n0 + i % (BN / 4) * 4)", "n0 + i % (BN / 4))"]],
      },
      {
        mistake: "taps on the right padding are read: they lie in the next line, or past the end of x",
        edits: [["|| ih >= p.IH || iw >= p.IW", "|| ih >= p.IH"]],
      },
      {
        mistake: "the channel within the pixel is that of the whole k",
        edits: [["* p.IC + k % p.IC) / 4]", "* p.IC + k) / 4]"]],
      },
      {
        mistake: "columns past OC are stored",
        edits: [[" && n < params.OC) { out[", ") { out["]],
      },
      {
        mistake: "no barrier once the tiles are filled",
        edits: [["    workgroupBarrier(); // the tiles are whole\n", ""]],
      },
    ],
  },
  {
    rung: "conv2d-forward/05-pipelined",
    title: "The next tiles, fetched meanwhile",
    goal: [
      "While a workgroup waits at a barrier for its loads, nothing is computed; while it computes, nothing is loaded. Issue the next step's loads before this step's sums, keep them in registers meanwhile, and let two sets of tiles take turns.",
      "With two sets one barrier a step is enough. Two more constants say how many vectors an invocation fetches: PA = BM * BK / 4 / WORKGROUP of A, PB of B; both are 1.",
    ],
    hints: [
      "Before the loop fetch step 0 into nextA and nextB. A turn writes those to the tiles, passes a barrier, fetches the step after it, and sums.",
      "The loop's counter can be the start of the step after this one: from BK to below gemmK + BK. What is fetched past K is 0, and nobody uses it.",
      "buffer says which set is filled: 0, 1, 0, 1. Why may the set of the last turn be filled without a second barrier? Who could still read it?",
      "As[buffer][j * WORKGROUP + local] = nextA[j]; a barrier; nextA[j] = vectorA(..., k0 + ...); sums from As[buffer]; acc += part; buffer = 1 - buffer.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the sets do not take turns: the tiles are filled anew while others still read them",
        edits: [["    buffer = 1 - buffer;\n", ""]],
      },
      {
        mistake: "the last step is left out",
        edits: [["k0 < gemmK + BK; k0 += BK", "k0 < gemmK; k0 += BK"]],
      },
      {
        mistake: "step 0 is fetched again in the first turn",
        edits: [["for (var k0 = BK; k0 < gemmK + BK; k0 += BK)", "for (var k0 = 0u; k0 < gemmK; k0 += BK)"]],
      },
      {
        mistake: "the barrier is gone, as if two sets made it needless",
        edits: [
          ["    workgroupBarrier(); // this step's tiles are whole, and nobody reads the other ones any more\n", ""],
        ],
      },
      {
        mistake: "weight is read from the other set than x",
        edits: [["Bs[buffer][((k + u) * BN", "Bs[1 - buffer][((k + u) * BN"]],
      },
      {
        mistake: "only A moves on: B is fetched from step 0 every time",
        edits: [["nextB[j] = vectorB(k0 + i / (BN / 4)", "nextB[j] = vectorB(i / (BN / 4)"]],
      },
      {
        mistake: "the tile's row is taken for the image's: rows of all tiles but the first are wrong",
        edits: [["nextA[j] = vectorA(m0 + i / (BK / 4), k0 +", "nextA[j] = vectorA(i / (BK / 4), k0 +"]],
      },
    ],
  },
];

export default puzzles;
