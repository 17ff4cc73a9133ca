import type { Puzzle, WrongSolution } from "@fledge/testing";

const layer = "layer1.1.conv2, 64 px, batch 2";

/** Missing barriers. */
const barriers: readonly WrongSolution[] = [
  {
    mistake: "no barrier once the tiles are filled: some are read before they are whole",
    edits: [["    workgroupBarrier(); // the tiles are whole\n", ""]],
  },
  {
    mistake: "no barrier once the tiles are read: the next step fills them while others still sum",
    edits: [["    workgroupBarrier(); // and no longer read: the next step may fill them\n", ""]],
  },
];

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
      ...barriers,
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
  {
    rung: "conv2d-grad-weight/03-register-blocked",
    title: "A block of sums in registers",
    goal: [
      "Each multiply-add of the tiled rung reads workgroup memory twice. Give an invocation TM x TN sums, and a workgroup tiles of 64 x 64: a value that is read once then feeds four sums.",
      "The grid follows BM and BN.",
    ],
    hints: [
      "TM = TN = 4, BM = BN = 64; 256 invocations still fill a tile, now in four turns.",
      "row = local / (BN / TN) * TM and column = local % (BN / TN) * TN are the corner of an invocation's block.",
      "In each k read TN values of Bs into an array, then one value of As for each of TM rows.",
      "part[r][c] += As[(row + r) * BK + k] * b[c]; part starts each step as array<array<f32, TN>, TM>() and is added to acc.",
    ],
    layer,
    share: 0.8,
    wrong: [
      ...taps,
      {
        mistake: "the sums of all steps but the last are lost",
        edits: [["acc[r][c] += part[r][c];", "acc[r][c] = part[r][c];"]],
      },
      {
        mistake: "rows and columns of the block are swapped where it is stored",
        edits: [["n0 + column + c, acc[r][c]", "n0 + column + c, acc[c][r]"]],
      },
      {
        mistake: "blocks overlap: columns are not multiplied by TN",
        edits: [["local % (BN / TN) * TN;", "local % (BN / TN);"]],
      },
      {
        mistake: "rows past the last tap are stored",
        edits: [["if (m < params.KH * params.KW * params.IC && n < params.OC)", "if (n < params.OC)"]],
      },
    ],
  },
  {
    rung: "conv2d-grad-weight/04-split-k",
    title: "The long sum split",
    goal: [
      "A layer of 64 x 64 channels has few tiles of dWeight and thousands of pixels to sum: most of a GPU idles. Split K over params.splits workgroups for each tile. Each writes its part to the scratch buffer partials, and a second entry point, total, adds the parts up in order, so that the same bits come every time.",
      "The parts may have different lengths; where splits is 1, dWeight is written at once and total has nothing to do. The share of a workgroup and the adding up are yours.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let splitK = (gemmK + params.splits - 1) / params.splits;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
`,
          `  // Yours: which k's are this split's? So far the first one takes all.
  let start = select(gemmK, 0u, split == 0);
  let end = gemmK;
`,
        ],
        [
          "  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }\n",
          "  sum += partials[index]; // Yours: add up the parts of all splits.\n",
        ],
      ],
    },
    hints: [
      "A split has gemmK / splits k's, rounded up. The last may be shorter, and there may be splits with none.",
      "elementA and elementB take the end of the split: past it they give 0, though there are k's, which are the next split's.",
      "A split without k's must store zeros: the loop runs no turn, and acc is 0.",
      "start = split * splitK; end = min(start + splitK, gemmK); sum += partials[split * size + index] for every split.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "a tile's rest goes on into the next split's k's, which are summed twice",
        edits: [
          ["|| k >= end ||", "|| k >= p.N * p.OH * p.OW ||"],
          ["if (k >= end || n", "if (k >= params.N * params.OH * params.OW || n"],
        ],
      },
      {
        mistake: "the splits are rounded down: the last k's are left out",
        edits: [["(gemmK + params.splits - 1) / params.splits", "max(gemmK / params.splits, 1u)"]],
      },
      {
        mistake: "the first split is left out of the total",
        edits: [["for (var split = 0u; split < params.splits", "for (var split = 1u; split < params.splits"]],
      },
      {
        mistake: "all splits write to one place: they race for it",
        edits: [["partials[split * rows * params.OC + index]", "partials[index]"]],
      },
      {
        mistake: "every split starts at the first k",
        edits: [["let start = split * splitK;", "let start = 0u;"]],
      },
      {
        mistake: "the last k's of the last split lie past the batch",
        edits: [["let end = min(start + splitK, gemmK);", "let end = start + splitK;"]],
      },
      {
        mistake: "no barrier once the tiles are filled",
        edits: [["    workgroupBarrier(); // the tiles are whole\n", ""]],
      },
    ],
  },
];

export default puzzles;
