import type { Puzzle, WrongSolution } from "@fledge/testing";

const layer = "bn1, 64 px, batch 8";

/** Mistakes of the gradient itself. */
const gradient: readonly WrongSolution[] = [
  {
    mistake: "frozen statistics have a gradient",
    edits: [["  if (FROZEN == 0u) {", "  if (FROZEN == 0u || RELU == 0u) {"]],
  },
  {
    mistake: "the sums are taken for means",
    edits: [["= sum / f32(params.rows);", "= sum;"]],
  },
];

const puzzles: readonly Puzzle[] = [
  {
    rung: "batchnorm-backward/02-split-rows",
    title: "Sums of strips",
    goal: [
      "The gradient of a normalised channel needs two sums over all of its rows: of g, the gradient behind the ReLU, and of g * (x - mean). Cut the rows into strips, with an invocation for each strip of each channel, and add the strips up in combine.",
      "combine also leaves in channels what each element of dX needs of its channel, so that gradInput takes no root. What the strips sum and leave is yours.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          "    sum += g;\n    sumCentred += g * centred;\n",
          "    // Yours: what does this row add to the two sums of its strip?\n    sum = g;\n    sumCentred = centred;\n",
        ],
        [
          "    sum += partials[s * params.C + c];\n    sumCentred += partials[(params.strips + s) * params.C + c];\n",
          "    // Yours: partials is [2, strips, C].\n    sum += partials[s];\n",
        ],
      ],
    },
    hints: [
      "The bias's gradient is the sum of g; the weight's is the sum of g * (x - mean), over the deviation.",
      "item is strip * C + c: the sums of g come first, and those of g * centred strips * C further on.",
      "A channel's partials lie C apart.",
      "sum += g; sumCentred += g * centred; and in combine sum += partials[s * C + c]; sumCentred += partials[(strips + s) * C + c].",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...gradient,
      {
        mistake: "the last strip goes past the rows",
        edits: [["r < min(first + params.stripRows, params.rows); r++", "r < first + params.stripRows; r++"]],
      },
      {
        mistake: "axes swapped: partials is read as [2, C, strips]",
        edits: [["sum += partials[s * params.C + c];", "sum += partials[c * params.strips + s];"]],
      },
      {
        mistake: "the strips of a channel race for one place",
        edits: [["  partials[item] = sum;", "  partials[c] = sum;"]],
      },
      {
        mistake: "the first strip is left out",
        edits: [["for (var s = 0u; s < params.strips", "for (var s = 1u; s < params.strips"]],
      },
      {
        mistake: "the mask is left out of the sums, and kept in dX",
        edits: [["    let g = masked(above, centred * scale + bias);", "    let g = above;"]],
      },
      {
        mistake: "x is not centred in the second sum",
        edits: [["sumCentred += g * centred;", "sumCentred += g * x[i];"]],
      },
    ],
  },
  {
    rung: "batchnorm-backward/03-several-rows",
    title: "Rows that share a channel's values",
    goal: [
      "Every element of dX loads five values of its channel, besides x and the gradient. Let an invocation of gradInput take ROWS neighbouring rows of one channel, and load the five once.",
      "The number of rows need not be a multiple of ROWS. The grid has an invocation for each channel of each block of rows.",
    ],
    start: {
      of: "before",
      edits: [
        [
          "const WORKGROUP = 64u;",
          "const WORKGROUP = 64u;\nconst ROWS = 8u; // of an invocation of gradInput: its grid follows it",
        ],
      ],
    },
    hints: [
      "As in stripSums: item % C is the channel, so that neighbours still touch neighbouring elements, and item / C the block of rows.",
      "The block begins at row item / C * ROWS. Leave where that is past the rows.",
      "The five values are loaded before the loop; everything with i goes into it.",
      "for (var r = first; r < min(first + ROWS, rows); r++) { let i = r * C + c; ... dX[i] = scale * gradient; }",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...gradient,
      {
        mistake: "the last block goes past the rows",
        edits: [["r < min(first + ROWS, params.rows); r++", "r < first + ROWS; r++"]],
      },
      {
        mistake: "blocks begin one row apart, and overlap",
        edits: [["let first = item / params.C * ROWS;", "let first = item / params.C;"]],
      },
      {
        mistake: "rows of a block lie next to each other as if there were one channel",
        edits: [
          [
            "    let i = r * params.C + c;\n    var gradient",
            "    let i = first * params.C + c + (r - first);\n    var gradient",
          ],
        ],
      },
      {
        mistake: "only whole blocks are computed",
        edits: [["  if (first >= params.rows) {", "  if (first + ROWS > params.rows) {"]],
      },
      {
        mistake: "the gradient is kept from row to row: the accumulator is not reset",
        edits: [
          ["    var gradient = 0.0;\n", ""],
          [
            "  for (var r = first; r < min(first + ROWS",
            "  var gradient = 0.0;\n  for (var r = first; r < min(first + ROWS",
          ],
          ["      gradient = upstream(i);", "      gradient += upstream(i);"],
        ],
      },
    ],
  },
  {
    rung: "batchnorm-backward/04-vectorised",
    title: "Masks for four channels",
    goal: [
      "Where C is a multiple of four, all three entry points can take four channels at a time: vec4f for f32, and quads = C / 4 for C in every index. Shapes with ragged channels are refused before.",
      "What cannot be copied is the ReLU: each of the four channels has its own mask, and a branch decides for all of them at once. The two masks are yours, and the sums of a strip.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          "    return select(gradient, vec4f(0.0), result <= vec4f(0.0));\n",
          "    // Yours: one channel decides for all four so far.\n    if (result.x <= 0.0) {\n      return vec4f(0.0);\n    }\n",
        ],
        [
          "    return select(dOut[i], vec4f(0.0), gate[i] <= vec4f(0.0));\n",
          "    // Yours: and here.\n    if (gate[i].x <= 0.0) {\n      return vec4f(0.0);\n    }\n",
        ],
        [
          "    sum += g;\n    sumCentred += g * centred;\n",
          "    // Yours: the two sums of the strip, of four channels.\n    sum = g;\n    sumCentred = centred;\n",
        ],
      ],
    },
    hints: [
      "A comparison of two vectors is a vector of bools, one for each component.",
      "select(a, b, mask) takes b where the mask is true, component by component.",
      "The derivative at 0 is 0, and a NaN in the result must let the gradient through: compare with <=, as the rung before does.",
      "select(gradient, vec4f(0.0), result <= vec4f(0.0)); select(dOut[i], vec4f(0.0), gate[i] <= vec4f(0.0)); sum += g; sumCentred += g * centred.",
    ],
    layer,
    share: 0.8,
    wrong: [
      ...gradient,
      {
        mistake: "the mask of all four channels is that of the first",
        edits: [
          ["select(gradient, vec4f(0.0), result <= vec4f(0.0))", "select(gradient, vec4f(0.0), result.x <= 0.0)"],
        ],
      },
      {
        mistake: "a row is taken to have four times as many vectors as it has",
        edits: [
          ["    let i = r * params.quads + q;\n    let above", "    let i = r * 4u * params.quads + q;\n    let above"],
        ],
      },
      {
        mistake: "the channel's values are stored C apart, and read quads apart",
        edits: [["channels[2u * params.quads + q] = biasOf(q);", "channels[8u * params.quads + q] = biasOf(q);"]],
      },
      {
        mistake: "offset and slope are swapped",
        edits: [
          ["let offset = channels[3u * params.quads + q];", "let offset = channels[4u * params.quads + q];"],
          ["let slope = channels[4u * params.quads + q];", "let slope = channels[3u * params.quads + q];"],
        ],
      },
      {
        mistake: "the last block goes past the rows",
        edits: [["r < min(first + ROWS, params.rows); r++", "r < first + ROWS; r++"]],
      },
    ],
  },
];

export default puzzles;
