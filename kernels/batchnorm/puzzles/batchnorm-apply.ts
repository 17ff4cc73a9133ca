import type { Puzzle } from "@fledge/testing";

const layer = "bn1, 64 px, batch 8";

const puzzles: readonly Puzzle[] = [
  {
    rung: "batchnorm-apply/01-naive",
    title: "An element and its channel",
    goal: [
      "A BatchNorm makes of each element (x - mean) / sqrt(variance + epsilon) * weight + bias, with the four values of its channel. Tensors are NHWC: the C channels of a pixel lie side by side, and pixel follows pixel. There is an invocation for each element; which channel's values it needs, it finds by its index.",
      "What comes next in the network is done here too: where RESIDUAL is 1 the residual is added, and where RELU is 1 what is below 0 becomes 0 behind that. Some channels have a mean of 1000 and a deviation of 0.01: in which order you compute decides how many digits are left.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let c = i % params.C;
  let scale = weight[c] * inverseSqrt(variance[c] + params.epsilon);

  var value = (x[i] - mean[c]) * scale + bias[c];
  if (RESIDUAL == 1u) {
    value += residual[i];
  }
  if (RELU == 1u) {
    value = select(value, 0.0, value < 0.0);
  }
  out[i] = value;
`,
          `  // Yours: of which channel is element i, and what does that channel make of it?
  let c = 0u;
  var value = x[i] - mean[c];
  // Yours: the residual and the ReLU, where there are such.
  out[i] = value;
`,
        ],
      ],
    },
    hints: [
      "Element 0 is of channel 0, element 1 of channel 1. Of which is element C?",
      "The channel is i % params.C. weight * inverseSqrt(variance + epsilon) is one factor for the whole channel.",
      "Take the mean away first. x * scale alone is large where the mean is, and has lost the digits in which x differs from it.",
      "The residual has an index like x; it is bound always, and may be read only where RESIDUAL is 1. The ReLU comes last.",
      "value = (x[i] - mean[c]) * scale + bias[c]; if (RESIDUAL == 1u) { value += residual[i]; } if (RELU == 1u) { value = select(value, 0.0, value < 0.0); }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the channel is taken for the slowest axis, as in NCHW",
        edits: [["let c = i % params.C;", "let c = i / params.rows;"]],
      },
      {
        mistake: "the remainder is that of the rows",
        edits: [["let c = i % params.C;", "let c = i % params.rows;"]],
      },
      {
        mistake: "epsilon is added to the deviation, behind the root",
        edits: [
          ["weight[c] * inverseSqrt(variance[c] + params.epsilon)", "weight[c] / (sqrt(variance[c]) + params.epsilon)"],
        ],
      },
      {
        mistake: "the variance is taken for the deviation: the root is forgotten",
        edits: [
          ["weight[c] * inverseSqrt(variance[c] + params.epsilon)", "weight[c] / (variance[c] + params.epsilon)"],
        ],
      },
      {
        mistake: "mean and bias are folded into one offset, which leaves a deviation of 0.01 about 1000 no digits",
        edits: [["(x[i] - mean[c]) * scale + bias[c]", "x[i] * scale + (bias[c] - mean[c] * scale)"]],
      },
      {
        mistake: "the ReLU comes before the residual",
        edits: [
          ["  if (RESIDUAL == 1u) {\n    value += residual[i];\n  }\n", ""],
          ["  out[i] = value;", "  if (RESIDUAL == 1u) {\n    value += residual[i];\n  }\n  out[i] = value;"],
        ],
      },
      {
        mistake: "a residual is added where there is none",
        edits: [["  if (RESIDUAL == 1u) {\n    value += residual[i];\n  }\n", "  value += residual[i];\n"]],
      },
      {
        mistake: "off by one: an element more than there is",
        edits: [["if (i >= params.rows * params.C)", "if (i > params.rows * params.C)"]],
      },
    ],
  },
  {
    rung: "batchnorm-apply/02-several-rows",
    title: "Load a channel's values once",
    goal: [
      "Of the six loads of an element four bring values that are the same for its whole channel, and a root is taken of one of them each time. Let an invocation take ROWS neighbouring rows of one channel, and load and compute what is the channel's once.",
      "The grid has an invocation for each channel of each block of ROWS rows; the number of rows need not be a multiple of ROWS. Neighbouring invocations should still touch neighbouring elements.",
    ],
    start: {
      of: "before",
      edits: [
        ["const WORKGROUP = 64u;", "const WORKGROUP = 64u;\nconst ROWS = 8u; // of an invocation: the grid follows it"],
      ],
    },
    hints: [
      "Number the invocations block by block, and within a block channel by channel: neighbours then have neighbouring channels.",
      "With item the invocation's number: item % C is its channel, item / C its block, and the block begins at row item / C * ROWS. Leave where that row does not exist.",
      "Centre, scale and offset come before the loop; everything with i goes into it.",
      "for (var r = first; r < min(first + ROWS, params.rows); r++) { let i = r * params.C + c; var value = (x[i] - centre) * scale + offset; ... out[i] = value; }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the last block goes past the rows, and writes past the end",
        edits: [["r < min(first + ROWS, params.rows); r++", "r < first + ROWS; r++"]],
      },
      {
        mistake: "only whole blocks are computed: the last rows are forgotten",
        edits: [["  if (first >= params.rows) {", "  if (first + ROWS > params.rows) {"]],
      },
      {
        mistake: "blocks begin one row apart: they overlap, and the last rows have none",
        edits: [["let first = item / params.C * ROWS;", "let first = item / params.C;"]],
      },
      {
        mistake: "the next row is taken to be the next element",
        edits: [["let i = r * params.C + c;", "let i = first * params.C + c + (r - first);"]],
      },
      {
        mistake: "the stride from row to row is that of a block",
        edits: [["let i = r * params.C + c;", "let i = (first + (r - first) * ROWS) * params.C + c;"]],
      },
      {
        mistake: "the channel's values are those of the block",
        edits: [["let centre = mean[c];", "let centre = mean[min(item / params.C, params.C - 1u)];"]],
      },
      {
        mistake: "a row's value is added to the one before: it is not set anew",
        edits: [
          ["  for (var r = first;", "  var value = 0.0;\n  for (var r = first;"],
          ["    var value = (x[i]", "    value += (x[i]"],
        ],
      },
    ],
  },
  {
    rung: "batchnorm-apply/03-vectorised",
    title: "Four channels and their values",
    goal: [
      "Where C is a multiple of four, all tensors can be bound as array<vec4f>, the channels' values too: one load for four channels. Params has quads = C / 4 in the place of C. Shapes with other numbers of channels are refused before the kernel runs.",
      "Types are changed already. Yours are the indices, which count vectors now, and the ReLU, which has to decide for each of four channels.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          "  let q = item % params.quads;\n  let first = item / params.quads * ROWS;\n",
          "  // Yours: which four channels has this invocation, and which rows?\n  let q = 0u;\n  let first = item * ROWS;\n",
        ],
        [
          "    let i = r * params.quads + q;\n",
          "    // Yours: which vector has row r of these channels?\n    let i = r;\n",
        ],
        [
          "      value = select(value, vec4f(0.0), value < vec4f(0.0));\n",
          "      // Yours: the first channel decides for all four so far.\n      if (value.x < 0.0) {\n        value = vec4f(0.0);\n      }\n",
        ],
      ],
    },
    hints: [
      "A row of C channels is a row of quads vectors. What was counted in channels is counted in vectors, and nothing else changes.",
      "q = item % quads, and the block of rows is item / quads.",
      "A comparison of two vectors gives four truths, and select(a, b, test) takes b where the test is true, component by component.",
      "let first = item / params.quads * ROWS; let i = r * params.quads + q; value = select(value, vec4f(0.0), value < vec4f(0.0));",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the ReLU of all four channels is that of the first",
        edits: [["select(value, vec4f(0.0), value < vec4f(0.0))", "select(value, vec4f(0.0), value.x < 0.0)"]],
      },
      {
        mistake: "a row is taken to have C vectors, not C / 4",
        edits: [["let i = r * params.quads + q;", "let i = r * 4u * params.quads + q;"]],
      },
      {
        mistake: "quads and blocks are swapped",
        edits: [
          ["let q = item % params.quads;", "let q = item / params.quads;"],
          ["let first = item / params.quads * ROWS;", "let first = item % params.quads * ROWS;"],
        ],
      },
      {
        mistake: "one channel's weight is that of all four",
        edits: [["weight[q] * inverseSqrt", "weight[q].x * inverseSqrt"]],
      },
      {
        mistake: "the channels' values are loaded as if q counted channels",
        edits: [["let centre = mean[q];", "let centre = mean[q / 4u];"]],
      },
      {
        mistake: "the last block goes past the rows, and writes past the end",
        edits: [["r < min(first + ROWS, params.rows); r++", "r < first + ROWS; r++"]],
      },
      {
        mistake: "a block begins where a block of four times as many rows would",
        edits: [["let first = item / params.quads * ROWS;", "let first = item / params.quads * 4u * ROWS;"]],
      },
    ],
  },
];

export default puzzles;
