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
    title: "Four channels, dot by dot",
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
  {
    rung: "conv2d-grad-input/06-registers-only",
    title: "Only the taps that meet",
    goal: [
      "With a stride of 2 the output pixels read every other input pixel at a tap. Seen from an input pixel: of a 3x3 kernel's nine taps it meets those alone whose distance is even, and the plain rung tries all of them, most in vain. Pixels that agree in ih % stride and in iw % stride are a phase; all of a phase meet the same taps. So the rows of the product are sorted by phase, stride * stride of them, and only taps that meet are walked.",
      "An invocation sums TM pixels of one phase by TN channels in registers. All of that is there, and right for a stride of 1. Yours: which pixels and taps a phase has, and which output pixel a row meets at the first of these taps.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let phaseH = phase / p.stride;
  let phaseW = phase % p.stride;
  let kh0 = (phaseH + p.padding) % p.stride;
  let kw0 = (phaseW + p.padding) % p.stride;
  let tapsH = (max(p.KH, kh0) - kh0 + p.stride - 1) / p.stride;
  let tapsW = (max(p.KW, kw0) - kw0 + p.stride - 1) / p.stride;
`,
          `  // Yours: phase counts from 0 to stride * stride - 1. So far there is one, which has all pixels and meets all taps.
  let phaseH = 0u;
  let phaseW = 0u;
  let kh0 = 0u;
  let kw0 = 0u;
  let tapsH = p.KH;
  let tapsW = p.KW;
`,
        ],
        [
          `    bottom[r] = m / width % height + (phaseH + p.padding - kh0) / p.stride;
    right[r] = m % width + (phaseW + p.padding - kw0) / p.stride;
`,
          `    // Yours: the output line and column that line m / width % height and column m % width of the phase meet.
    bottom[r] = m / width % height + p.padding;
    right[r] = m % width + p.padding;
`,
        ],
      ],
    },
    hints: [
      "Output line oh meets input line ih at tap kh where oh * stride = ih + padding - kh. So stride divides ih + padding - kh. What follows for kh, where ih = h * stride + phaseH?",
      "kh leaves the same remainder as phaseH + padding, divided by stride: the first tap is that remainder, and the next ones follow stride apart. Lines and columns are two separate questions with one answer.",
      "The number of taps is that of kh0, kh0 + stride, ... below KH: KH - kh0 over stride, rounded up, and 0 where even the first is not below KH.",
      "Put ih = h * stride + phaseH and kh = kh0 into the equation, and divide: oh = h + (phaseH + padding - kh0) / stride.",
      "phaseH = phase / p.stride; phaseW = phase % p.stride; kh0 = (phaseH + p.padding) % p.stride; tapsH = (max(p.KH, kh0) - kh0 + p.stride - 1) / p.stride; bottom[r] = m / width % height + (phaseH + p.padding - kh0) / p.stride; and columns in the same way.",
    ],
    layer: "layer2.0.conv2, 64 px, batch 2",
    share: 0.9,
    wrong: [
      {
        mistake: "the padding has the wrong sign where the first tap is found: right where the stride is 2",
        edits: [
          [
            "let kh0 = (phaseH + p.padding) % p.stride;",
            "let kh0 = (phaseH + p.stride * p.padding - p.padding) % p.stride;",
          ],
        ],
      },
      {
        mistake: "the padding is forgotten in the columns' first tap",
        edits: [["let kw0 = (phaseW + p.padding) % p.stride;", "let kw0 = phaseW % p.stride;"]],
      },
      {
        mistake: "the number of taps is rounded down",
        edits: [["(max(p.KW, kw0) - kw0 + p.stride - 1) / p.stride", "(max(p.KW, kw0) - kw0) / p.stride"]],
      },
      {
        mistake: "the taps are walked one apart, not stride apart",
        edits: [["(kh0 + tapH * p.stride) * p.KW", "(kh0 + tapH) * p.KW"]],
      },
      {
        mistake: "a phase's lines are rounded down: an odd image's last line is never written",
        edits: [["let height = (p.IH + p.stride - 1) / p.stride;", "let height = max(p.IH / p.stride, 1u);"]],
      },
      {
        mistake: "the last column of a phase lies outside an odd image, and is stored: it is the next line's",
        edits: [[" || ih >= p.IH || iw >= p.IW) { continue; }", " || ih >= p.IH) { continue; }"]],
      },
      {
        mistake: "the kernel is not turned around: taps move the wrong way",
        edits: [["dOut[corner[r] - tap + oc]", "dOut[corner[r] + tap + oc]"]],
      },
      {
        mistake: "a column is stored at its row's place in the phase: right where the stride is 1",
        edits: [["let iw = m % width * p.stride + phaseW;", "let iw = m % width * p.stride + phaseH;"]],
      },
    ],
  },
  {
    rung: "conv2d-grad-input/08-transposed-weight",
    title: "Turn the weight round first",
    goal: [
      "A lane sums four input channels, and for each it reads a vector of weight along the output channels: [KH,KW,IC,OC] has those OC numbers apart. Eight lanes touch 32 cache lines in a step, and use a part of each. Copy weight to transposed, which is [KH,KW,OC,IC], in a pass of its own before main, and read that: lanes side by side then read vectors side by side.",
      "Vectors go in and vectors come out, so an invocation of transpose_weight takes a block of 4 x 4 of one tap; the grid has one for each. So far it does nothing, and main reads weight. Write the copy, and let main read it.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  var square: mat4x4f; // a column for each ic
  for (var u = 0u; u < 4; u++) { square[u] = weight[(tap * params.IC + ic * 4 + u) * ocs + oc]; }
  square = transpose(square);
  for (var u = 0u; u < 4; u++) { transposed[(tap * params.OC + oc * 4 + u) * ics + ic] = square[u]; }
`,
          `  // Yours: four vectors of weight, each of output channels oc * 4 to oc * 4 + 3, become four vectors of transposed,
  // each of input channels ic * 4 to ic * 4 + 3.
`,
        ],
        [
          "kw0 + tapW * p.stride) * p.OC + oc;\n",
          "kw0 + tapW * p.stride) * p.IC + min(n0, gemmN - 1) * 4; // yours: in transposed\n",
        ],
        ["b[u] = transposed[(row + u) * gemmN + min(n0, gemmN - 1)];", "b[u] = weight[((row + u) * p.OC + oc) / 4];"],
        [
          "part[r] += b * subgroupShuffle(a[r / LN], first + r % LN);",
          "part[r] += subgroupShuffle(a[r / LN], first + r % LN) * b;",
        ],
        [
          "partBelow[r] += b * subgroupShuffle(a[(16 + r) / LN], first + r % LN);",
          "partBelow[r] += subgroupShuffle(a[(16 + r) / LN], first + r % LN) * b;",
        ],
      ],
    },
    hints: [
      "Row (tap, ic) of weight has OC numbers, OC / 4 vectors. How long is row (tap, oc) of transposed?",
      "The four vectors that you read belong to four input channels: (tap * IC + ic * 4 + u) * ocs + oc for u from 0 to 3. Put them into the columns of a mat4x4f; transpose() is part of the language.",
      "Written they belong to four output channels: (tap * OC + oc * 4 + u) * ics + ic.",
      "In main vector u of b now holds the four input channels of one k, as in a forward product: a column for each k. The sum of four k's is then the matrix times the vector of dOut, not the vector times the matrix.",
      "row = (...) * p.OC + oc; b[u] = transposed[(row + u) * gemmN + min(n0, gemmN - 1)]; part[r] += b * subgroupShuffle(a[r / LN], first + r % LN); and partBelow in the same way.",
    ],
    layer: "layer1.1.conv3, 64 px, batch 4",
    share: 0.9,
    wrong: [
      {
        mistake: "the blocks change places, and are not turned round themselves",
        edits: [["  square = transpose(square);\n", ""]],
      },
      {
        mistake: "a tap of the copy is taken to have IC rows: right where there are as many as OC",
        edits: [["transposed[(tap * params.OC + oc * 4 + u)", "transposed[(tap * params.IC + oc * 4 + u)"]],
      },
      {
        mistake: "a block's number is split by the other side's length",
        edits: [["let oc = block / ics % ocs;", "let oc = block / ocs % ocs;"]],
      },
      {
        mistake: "off by one: a tap more than there is, written past the end",
        edits: [["if (tap >= params.KH * params.KW)", "if (tap > params.KH * params.KW)"]],
      },
      {
        mistake: "the four vectors of a block are written to one place",
        edits: [["transposed[(tap * params.OC + oc * 4 + u)", "transposed[(tap * params.OC + oc * 4)"]],
      },
      {
        mistake: "main finds its row as if in weight",
        edits: [["kw0 + tapW * p.stride) * p.OC + oc;", "kw0 + tapW * p.stride) * p.IC + oc;"]],
      },
      {
        mistake: "the vector is still multiplied from the left: b holds a column for each k now",
        edits: [
          [
            "part[r] += b * subgroupShuffle(a[r / LN], first + r % LN);",
            "part[r] += subgroupShuffle(a[r / LN], first + r % LN) * b;",
          ],
        ],
      },
    ],
  },
];

export default puzzles;
