import type { Puzzle } from "@fledge/testing";

const layer = "fc of ResNet-50, batch 32, 200 classes";

const puzzles: readonly Puzzle[] = [
  {
    rung: "linear-forward/02-register-blocked",
    title: "A block of sums in registers",
    goal: [
      "The plain rung makes two loads for each multiply-add. Let an invocation sum TM rows by four neighbouring columns: a vector of weight then serves TM rows, and a value of x serves four columns.",
      "IN and OUT are multiples of four; N need not be a multiple of TM. There is an invocation for each block: rounded-up N / TM times OUT / 4.",
    ],
    start: {
      of: "before",
      edits: [
        [
          "const WORKGROUP = 64u;",
          "const WORKGROUP = 64u;\nconst TM = 4u; // rows of an invocation: the grid follows it",
        ],
      ],
    },
    hints: [
      "Bind all four tensors as array<vec4f>. A row of x has IN / 4 vectors, a row of weight or out OUT / 4.",
      "A vector of x holds four i's. They belong to four rows of weight, the vectors (4 * i + 0 to 3) * OUT4 + o.",
      "Rows past N must not be read past the end of x, nor stored. Repeating the last row with min() spares a branch in the loop.",
      "sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3, with v = x[min(n + m, N - 1) * IN4 + i]; then, where n + m < N, out[(n + m) * OUT4 + o] = sums[m] + bias[o].",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "rows past N are stored: they lie past the end of out",
        edits: [
          [
            "    if (n + m < p.N) { out[(n + m) * OUT4 + o] = sums[m] + bias[o]; }",
            "    out[(n + m) * OUT4 + o] = sums[m] + bias[o];",
          ],
        ],
      },
      {
        mistake: "only whole blocks of rows are computed",
        edits: [["if (n >= p.N) { return; }", "if (n + TM > p.N) { return; }"]],
      },
      {
        mistake: "the rows of an invocation lie one apart from its neighbour's, not TM",
        edits: [["index / OUT4 * TM;", "index / OUT4;"]],
      },
      {
        mistake: "the stride of x is that of out",
        edits: [["p.N - 1u) * IN4 + i]", "p.N - 1u) * OUT4 + i]"]],
      },
      {
        mistake: "two components of x are swapped",
        edits: [["v.x * w0 + v.y * w1", "v.y * w0 + v.x * w1"]],
      },
      {
        mistake: "the bias is that of the row",
        edits: [["sums[m] + bias[o]", "sums[m] + bias[min(n + m, OUT4 - 1u)]"]],
      },
      {
        mistake: "the last vector of the sum is left out",
        edits: [["i < IN4; i++", "i + 1u < IN4; i++"]],
      },
    ],
  },
  {
    rung: "linear-forward/04-workgroup-tiles",
    title: "Tiles for a workgroup",
    goal: [
      "Invocations of a workgroup load the same rows of x and the same columns of weight. Bring BK vectors of the sum at a time into workgroup memory, once for all, and read them from there.",
      "The grid is BM rows by BN vectors of columns to a workgroup. What lies outside of x and weight has to be 0 in the tiles. The loop that fills the tiles is there; the sums are yours, and so is what must stand between.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let w0 = weightTile[(4u * k + 0u) * BN + local.x];
      let w1 = weightTile[(4u * k + 1u) * BN + local.x];
      let w2 = weightTile[(4u * k + 2u) * BN + local.x];
      let w3 = weightTile[(4u * k + 3u) * BN + local.x];
      for (var m = 0u; m < TM; m++) {
        let v = xTile[(local.y * TM + m) * BK + k];
        sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
      }
    }
    workgroupBarrier(); // The tiles are read to the end before the next ones replace them.
`,
          `    // Yours: add the products of the two tiles to sums. This invocation has rows local.y * TM + m of xTile, and
    // column local.x of weightTile.
`,
        ],
      ],
    },
    hints: [
      "xTile is [BM][BK] in vectors of the sum, weightTile is [4 * BK][BN] in vectors of columns.",
      "For each k of BK: four vectors of weight, rows 4 * k to 4 * k + 3, and for each of the TM rows one vector of x.",
      "Another invocation has filled most of what you read, and will fill it anew in the next turn: a barrier before the sums, and one behind.",
      "let w0 = weightTile[(4u * k + 0u) * BN + local.x]; ... let v = xTile[(local.y * TM + m) * BK + k]; sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "no barrier before the sums",
        edits: [["    workgroupBarrier();\n    for (var k", "    for (var k"]],
      },
      {
        mistake: "no barrier behind the sums: tiles are filled anew while others still read them",
        edits: [["    workgroupBarrier(); // The tiles are read to the end before the next ones replace them.\n", ""]],
      },
      {
        mistake: "the axes of the workgroup are swapped",
        edits: [
          ["let firstRow = workgroup.y * BM;", "let firstRow = workgroup.x * BM;"],
          ["let firstColumn = workgroup.x * BN;", "let firstColumn = workgroup.y * BN;"],
        ],
      },
      {
        mistake: "past the end of the sum both tiles keep what the step before left there",
        edits: [
          ["      xTile[t] = vec4f();\n", ""],
          ["      weightTile[t] = vec4f();\n", ""],
        ],
      },
      {
        mistake: "the rows of x have the stride of the tile of weight",
        edits: [["xTile[(local.y * TM + m) * BK + k]", "xTile[((local.y * TM + m) * BN + k) % (BM * BK)]"]],
      },
      {
        mistake: "columns past OUT are stored: they are the next row's",
        edits: [["if (n < p.N && o < OUT4) { out", "if (n < p.N) { out"]],
      },
      {
        mistake: "the weight's tile begins at the vector's number, not at its first element",
        edits: [["let i = 4u * first + t / BN;", "let i = first + t / BN;"]],
      },
    ],
  },
  {
    rung: "linear-forward/05-split-k",
    title: "A sum split in eight",
    goal: [
      "A classifier has few outputs and long sums: 32 rows of 200 classes are 400 blocks, and most of a GPU has none. Split each sum over SPLITS invocations, which write their parts to the scratch buffer partials [SPLITS, N, OUT]; a second entry point adds the parts up, in order, and the bias.",
      "workgroup.y of partialSums is the number of the part. IN / 4 need not be a multiple of SPLITS: some parts are shorter, and some may be empty.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let length = (IN4 + SPLITS - 1u) / SPLITS;
  let first = workgroup.y * length;
  for (var i = first; i < min(first + length, IN4); i++) {
`,
          `  // Yours: all of the parts sum everything so far.
  for (var i = 0u; i < IN4; i++) {
`,
        ],
        [
          `  for (var split = 0u; split < SPLITS; split++) {
    sum += partials[split * p.N * OUT4 + index];
  }
`,
          `  // Yours: add up the parts of this vector.
`,
        ],
        [
          "partials[(workgroup.y * p.N + n + m) * OUT4 + o] = sums[m]; }",
          "partials[(n + m) * OUT4 + o] = sums[m]; } // Yours: where does the part lie?",
        ],
      ],
    },
    hints: [
      "A part has IN4 / SPLITS vectors, rounded up. Where does part number workgroup.y begin, and where does it end at the latest?",
      "An empty part must write 0, not nothing: the scratch buffer holds NaN before.",
      "partials is [SPLITS, N, OUT]: a part of it has N * OUT4 vectors.",
      "Sum from first = workgroup.y * length to min(first + length, IN4); write to partials[(workgroup.y * N + n + m) * OUT4 + o]; add partials[split * N * OUT4 + index] for every split.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the parts are rounded down: the rest of the sum is left out",
        edits: [["(IN4 + SPLITS - 1u) / SPLITS", "IN4 / SPLITS"]],
      },
      {
        mistake: "the last part goes past the end of the sum",
        edits: [["i < min(first + length, IN4)", "i < first + length"]],
      },
      {
        mistake: "all parts are written to one place: they race for it",
        edits: [["partials[(workgroup.y * p.N + n + m) * OUT4 + o]", "partials[(n + m) * OUT4 + o]"]],
      },
      {
        mistake: "an empty part writes nothing, and what was there is added",
        edits: [["if (n + m < p.N) { partials", "if (n + m < p.N && first < IN4) { partials"]],
      },
      {
        mistake: "the bias is added once for each part",
        edits: [["sum += partials[", "sum += bias[index % OUT4] + partials["]],
      },
      {
        mistake: "the first part is left out",
        edits: [["for (var split = 0u; split", "for (var split = 1u; split"]],
      },
      {
        mistake: "the first part is summed in the same dispatch that writes it: workgroups rely on one another",
        edits: [
          [
            "    if (n + m < p.N) { partials[(workgroup.y * p.N + n + m) * OUT4 + o] = sums[m]; }",
            "    if (n + m < p.N) {\n      if (workgroup.y > 0u) { sums[m] += partials[((workgroup.y - 1u) * p.N + n + m) * OUT4 + o]; }\n      partials[(workgroup.y * p.N + n + m) * OUT4 + o] = sums[m];\n    }",
          ],
          ["for (var split = 0u; split", "for (var split = SPLITS - 1u; split"],
        ],
      },
    ],
  },
];

export default puzzles;
