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
  {
    rung: "conv2d-grad-weight/03-register-blocked",
    title: "More sums to an invocation",
    goal: [
      "In the rung before every multiply-add waits for two reads of workgroup memory. Let an invocation keep a block of TM x TN = 4 x 4 sums in registers: of each k it reads TM values of As and TN of Bs, and makes TM * TN multiply-adds of them.",
      "The tiles are 64 x 64 now, with as many invocations as before: row and column are the first ones of an invocation's block. Filling the tiles and the barriers are there. The sums are yours, and so is storing them.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `    for (var k = 0u; k < BK; k++) {
      var b: array<f32, TN>;
      for (var c = 0u; c < TN; c++) { b[c] = Bs[k * BN + column + c]; }
      for (var r = 0u; r < TM; r++) {
        let a = As[(row + r) * BK + k];
        for (var c = 0u; c < TN; c++) { part[r][c] += a * b[c]; }
      }
    }
`,
          `    // Yours: all TM x TN sums of the block. So far it is the first one alone.
    for (var k = 0u; k < BK; k++) { part[0][0] += As[row * BK + k] * Bs[k * BN + column]; }
`,
        ],
        [
          `  for (var r = 0u; r < TM; r++) {
    for (var c = 0u; c < TN; c++) { store(m0 + row + r, n0 + column + c, acc[r][c]); }
  }
`,
          `  // Yours: store all of the block.
  store(m0 + row, n0 + column, acc[0][0]);
`,
        ],
      ],
    },
    hints: [
      "A block's rows are row to row + TM - 1 of the tile, its columns column to column + TN - 1.",
      "For each k first read the TN values of Bs into an array in registers. Each value of As is then read once, and multiplied with all of them.",
      "Three loops: over k, within it over the rows r, within that over the columns c. What is read in which?",
      "b[c] = Bs[k * BN + column + c]; let a = As[(row + r) * BK + k]; part[r][c] += a * b[c]; and in the end store(m0 + row + r, n0 + column + c, acc[r][c]).",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...tileBarriers,
      ...taps,
      {
        mistake: "the sums of a step are not set to 0 again: they join acc once more in each later step",
        edits: [
          ["    var part = array<array<f32, TN>, TM>();\n", ""],
          [
            "  var acc: array<array<f32, TN>, TM>;\n",
            "  var acc: array<array<f32, TN>, TM>;\n  var part = array<array<f32, TN>, TM>();\n",
          ],
        ],
      },
      {
        mistake: "blocks begin one row apart, and overlap",
        edits: [["local / (BN / TN) * TM;", "local / (BN / TN);"]],
      },
      {
        mistake: "all rows of a block read the first one's value",
        edits: [["As[(row + r) * BK + k]", "As[row * BK + k]"]],
      },
      {
        mistake: "As is read with the stride of Bs",
        edits: [["As[(row + r) * BK + k]", "As[((row + r) * BN + k) % (BM * BK)]"]],
      },
      {
        mistake: "rows and columns of the block are swapped where it is stored",
        edits: [["acc[r][c]); }", "acc[c][r]); }"]],
      },
      {
        mistake: "columns past OC are stored: they are the next row's",
        edits: [[" && n < params.OC) { dWeight", ") { dWeight"]],
      },
    ],
  },
  {
    rung: "conv2d-grad-weight/04-split-k",
    title: "Split the pixels",
    goal: [
      "A gradient of 64 x 64 weights is a single tile, and a single workgroup sums all pixels of the batch for it, while the rest of the device looks on. Cut the pixels into params.splits parts: each part has workgroups of its own for all tiles, which leave their sums in partials, [splits,KH,KW,IC,OC]. A second pass, total, adds the parts up, always in the same order, so that the bits repeat.",
      "Which split a workgroup has is found already. Yours: its first pixel and its end, the place of its sums in partials, and the loop of total. With a single split main writes dWeight itself, and total has nothing to do; that is there too.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let splitK = (gemmK + params.splits - 1) / params.splits;
  let start = split * splitK;
  let end = min(start + splitK, gemmK);
`,
          `  // Yours: the first pixel of this split, and the one behind its last. So far each split sums all pixels.
  let start = 0u;
  let end = gemmK;
`,
        ],
        [
          "partials[split * rows * params.OC + index] = value; }",
          "partials[index] = value; } // yours: all splits share one place",
        ],
        [
          "  for (var split = 0u; split < params.splits; split++) { sum += partials[split * size + index]; }\n",
          "  // Yours: the sum over all splits. size is the number of weights.\n",
        ],
      ],
    },
    hints: [
      "A split has gemmK / splits pixels, and the division need not come out even. Round so that no pixel is left over; which split is then shorter?",
      "Rounded up, split number s begins at s * splitK, and ends at (s + 1) * splitK or with the pixels, whichever comes first.",
      "BK need not divide a split either. elementA and elementB give 0 from end on, so the last step of a split takes nothing of the next one's.",
      "partials has the sums of one split after those of the other: each has as many as there are weights, rows * OC.",
      "splitK = (gemmK + params.splits - 1) / params.splits; start = split * splitK; end = min(start + splitK, gemmK); partials[split * rows * params.OC + index] = value; sum += partials[split * size + index] for every split.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the pixels of a split are rounded down: the batch's last pixels are left out",
        edits: [["(gemmK + params.splits - 1) / params.splits", "gemmK / params.splits"]],
      },
      {
        mistake: "the last split goes past the pixels: it reads behind the end of dOut",
        edits: [["let end = min(start + splitK, gemmK);", "let end = start + splitK;"]],
      },
      {
        mistake: "the last step of a split goes on into the next one: those pixels count twice",
        edits: [
          ["k >= end || ih >= p.IH", "k >= p.N * p.OH * p.OW || ih >= p.IH"],
          ["if (k >= end || n >= params.OC)", "if (k >= params.N * params.OH * params.OW || n >= params.OC)"],
        ],
      },
      {
        mistake: "all splits are written to one place: they race for it",
        edits: [["partials[split * rows * params.OC + index]", "partials[index]"]],
      },
      {
        mistake: "splits lie a row apart, and overlap",
        edits: [["partials[split * rows * params.OC + index]", "partials[split * params.OC + index]"]],
      },
      {
        mistake: "the first split is left out",
        edits: [["for (var split = 0u; split", "for (var split = 1u; split"]],
      },
      {
        mistake: "the splits add to dWeight itself: they race for it, and nobody has set it to 0",
        edits: [
          ["partials[split * rows * params.OC + index] = value;", "dWeight[index] += value;"],
          ["if (index >= size || params.splits == 1)", "if (index >= size || params.splits > 0)"],
        ],
      },
      {
        mistake: "total runs past the last weight",
        edits: [["if (index >= size || params.splits == 1)", "if (params.splits == 1)"]],
      },
    ],
  },
  {
    rung: "conv2d-grad-weight/08-lane-broadcast",
    title: "Load once, hand it to the neighbours",
    goal: [
      "LN lanes side by side sum the same TM rows, each for four channels of its own. So all of them need the same values of x, and in the rung before each loads all of them. Lanes of a subgroup can hand each other values without memory: let each of the LN lanes load TM / LN of the rows, and fetch the others' with subgroupShuffle(value, id), which gives what lane id has.",
      "Which rows a lane loads is yours, and how the lanes come by the rest. A subgroup may hold several such groups of LN lanes. A shuffle has to be run by all lanes together, and the lane that it asks must have the value in the same variable.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          "    let m = min(m0 + i * LN + ln, gemmM - 1);\n",
          "    let m = min(m0 + i, gemmM - 1); // yours: of the TM rows from m0 on, each belongs to one of LN lanes\n",
        ],
        [
          "      for (var r = 0u; r < TM; r++) { part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); }\n",
          "      // Yours: row r is in which a, of which lane?\n      for (var r = 0u; r < TM; r++) { part[r] += b * a[r / LN]; }\n",
        ],
      ],
    },
    hints: [
      "Give the rows out in turns, as cards: row 0 to lane 0, row 1 to lane 1, and after lane LN - 1 begin again. Which row is a lane's second one?",
      "Lane ln of its group has rows ln, LN + ln, 2 * LN + ln: entry i of its arrays is row i * LN + ln.",
      "The other way round, row r is entry r / LN of lane r % LN of the group.",
      "subgroupShuffle counts lanes in the whole subgroup, and the group begins at lane first.",
      "let m = min(m0 + i * LN + ln, gemmM - 1); part[r] += b * subgroupShuffle(a[r / LN], first + r % LN);",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "each lane takes its own values for those of all rows",
        edits: [["subgroupShuffle(a[r / LN], first + r % LN)", "a[r / LN]"]],
      },
      {
        mistake: "the first group's lanes are asked by all groups: right where there is one",
        edits: [["first + r % LN)", "r % LN)"]],
      },
      {
        mistake: "the rows are given out in turns, and fetched as if in blocks",
        edits: [
          ["subgroupShuffle(a[r / LN], first + r % LN)", "subgroupShuffle(a[r % (TM / LN)], first + r / (TM / LN))"],
        ],
      },
      {
        mistake: "the rows are those of a group of LANES lanes: right where LN is LANES",
        edits: [["let m = min(m0 + i * LN + ln,", "let m = min(m0 + i * LANES + ln,"]],
      },
      {
        mistake: "a split's last step, of four pixels, goes on into the next split: those pixels count twice",
        edits: [["select(0x80000000u, oh * p.stride, k + u < end)", "oh * p.stride"]],
      },
      {
        mistake: "the walk does not come to the next image: its pixels are taken for lines below the first",
        edits: [["if (oh == p.OH) { oh = 0; n++; }", ""]],
      },
      {
        mistake: "every split begins its walk in line 0",
        edits: [["var oh = start / p.OW % p.OH;", "var oh = 0u;"]],
      },
      {
        mistake: "rows past the last weight are stored, past the end",
        edits: [["if (m0 + r >= gemmM || n0 >= gemmN) { continue; }", "if (n0 >= gemmN) { continue; }"]],
      },
    ],
  },
];

export default puzzles;
