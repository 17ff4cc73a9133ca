import type { Puzzle, WrongSolution } from "@fledge/testing";

const layer = "ImageNet, batch 128";

/** Mistakes that each of the rungs with a running maximum invites. */
const online: readonly WrongSolution[] = [
  {
    mistake: "the sum is not rescaled when the maximum moves",
    edits: [["select(seen.sum, seen.sum * exp(seen.largest - largest), logit > seen.largest)", "seen.sum"]],
  },
  {
    mistake: "the maximum starts at 0: a row of large negative logits has no digit left",
    edits: [["const LOWEST = -3.4028234e38f;", "const LOWEST = 0.0f;"]],
  },
];

const puzzles: readonly Puzzle[] = [
  {
    rung: "softmax-cross-entropy-forward/02-online",
    title: "Maximum and sum in one walk",
    goal: [
      "The plain rung walks a row of logits once for its maximum and once more for the sum of exponentials. Walk it once: keep the sum relative to the maximum so far, and rescale it when a logit passes that (Milakov and Gimelshein 2018).",
      "Logits may be as large as 10000 and as low as -infinity. No exponential may overflow, and -infinity minus -infinity is NaN: start the maximum at the lowest number there is, not at -infinity.",
    ],
    hints: [
      "Two numbers go through the loop: the largest so far, and the sum of exp(logit - largest) of all that came.",
      "When a new logit is the largest, every term of the sum was relative to the old one. Which one factor mends them all?",
      "sum * exp(old largest - new largest) + exp(logit - new largest).",
      "largest = max(seen.largest, logit); sum = select(seen.sum, seen.sum * exp(seen.largest - largest), logit > seen.largest) + exp(logit - largest), from Softmax(-3.4028234e38, 0).",
    ],
    layer,
    share: 0.8,
    wrong: [
      ...online,
      {
        mistake: "the rescaling goes the wrong way, and overflows",
        edits: [["exp(seen.largest - largest)", "exp(largest - seen.largest)"]],
      },
      {
        mistake: "nothing is taken away before the exponential: it overflows",
        edits: [["sum + exp(logit - largest)", "sum + exp(logit)"]],
      },
      {
        mistake: "the last class is left out",
        edits: [
          [
            "    seen = including(seen, logits[first + c]);",
            "    if (c + 1u < params.C) { seen = including(seen, logits[first + c]); }",
          ],
        ],
      },
      {
        mistake: "the logarithm of the sum is joined with the maximum, which swallows it near 10000",
        edits: [
          ["  let logSum = log(seen.sum);", "  let logSum = seen.largest + log(seen.sum);"],
          ["  let largest = seen.largest;\n", "  let largest = 0.0;\n"],
        ],
      },
      {
        mistake: "the mean is taken over the classes",
        edits: [["loss = sum / f32(params.N);", "loss = sum / f32(params.C);"]],
      },
    ],
  },
  {
    rung: "softmax-cross-entropy-forward/03-workgroup",
    title: "A workgroup for a row",
    goal: [
      "A batch of 128 rows keeps 128 invocations busy, and each reads its row alone. Let a workgroup share a row: each invocation walks every WORKGROUP-th logit, and the parts are merged in workgroup memory.",
      "The grid has a workgroup for each row. The walk is there; the two merges are yours. Merge in an order that is always the same, so that the loss has the same bits in every run.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
    if (local < reach) {
      parts[local] = merged(parts[local], parts[local + reach]);
    }
    workgroupBarrier();
  }
  return parts[0];
`,
          `  // Yours: every invocation merges all of the parts so far.
  var all = parts[0];
  for (var i = 1u; i < WORKGROUP; i++) {
    all = merged(all, parts[i]);
  }
  return all;
`,
        ],
        [
          `  for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) {
    if (local < reach) {
      sums[local] += sums[local + reach];
    }
    workgroupBarrier();
  }
  return sums[0];
`,
          `  // Yours: and adds all of them up.
  var all = 0.0;
  for (var i = 0u; i < WORKGROUP; i++) {
    all += sums[i];
  }
  return all;
`,
        ],
      ],
    },
    hints: [
      "Pairwise: in the first turn invocation i of the lower half merges part i with part i + WORKGROUP / 2.",
      "Half as many merge in each turn: reach = 32, 16, 8, 4, 2, 1. The others do nothing, and still come to the barrier.",
      "After the last turn the row's result is in entry 0; it may be read behind one more barrier.",
      "for (var reach = WORKGROUP / 2u; reach > 0u; reach /= 2u) { if (local < reach) { parts[local] = merged(parts[local], parts[local + reach]); } workgroupBarrier(); } return parts[0];",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...online,
      {
        mistake: "no barrier between the turns of the maximum and sum",
        edits: [
          [
            "merged(parts[local], parts[local + reach]);\n    }\n    workgroupBarrier();",
            "merged(parts[local], parts[local + reach]);\n    }",
          ],
        ],
      },
      {
        mistake: "no barrier before the first turn of the loss: parts that are not yet there are added",
        edits: [["  sums[local] = mine;\n  workgroupBarrier();", "  sums[local] = mine;"]],
      },
      {
        mistake: "the tree's last turn is left out",
        edits: [
          [
            "merged(parts[local], parts[local + reach]);\n    }\n    workgroupBarrier();\n  }\n  return parts[0];",
            "merged(parts[local], parts[local + reach]);\n    }\n    workgroupBarrier();\n    if (reach == 2u) { break; }\n  }\n  return parts[0];",
          ],
        ],
      },
      {
        mistake: "the label's term is added by every invocation",
        edits: [["if (SOFT == 0u && local == 0u) {", "if (SOFT == 0u) {"]],
      },
      {
        mistake: "a part takes neighbouring logits, and the last part what is past the row",
        edits: [
          [
            "  for (var c = local; c < params.C; c += WORKGROUP) {\n    seen =",
            "  let share = (params.C + WORKGROUP - 1u) / WORKGROUP;\n  for (var c = local * share; c < (local + 1u) * share; c++) {\n    seen =",
          ],
        ],
      },
      {
        mistake: "all invocations sum into one slot: they race for it",
        edits: [["  sums[local] = mine;\n", "  sums[0] = 0.0;\n  workgroupBarrier();\n  sums[0] += mine;\n"]],
      },
      {
        mistake: "parts are merged as if they had one maximum",
        edits: [["a.sum * exp(a.largest - largest) + b.sum * exp(b.largest - largest)", "a.sum + b.sum"]],
      },
    ],
  },
  {
    rung: "softmax-cross-entropy-forward/04-subgroup",
    title: "A subgroup for a row",
    goal: [
      "The lanes of a subgroup hand values to each other without memory or barriers: subgroupMax and subgroupAdd. Give a row to a subgroup: each lane walks every lanes-th logit.",
      "A workgroup of 128 takes ROWS rows, as many at a time as it has subgroups. How many lanes a subgroup has is known on the device only, and some rows of the last workgroup may not exist; every lane must come to each subgroup operation all the same.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let largest = subgroupMax(mine.largest);
  return Softmax(largest, subgroupAdd(mine.sum * exp(mine.largest - largest)));
`,
          `  // Yours: lanes know only of their own logits so far.
  return mine;
`,
        ],
        ["    total = subgroupAdd(total);\n", "    // Yours: and only of their own losses.\n"],
      ],
    },
    hints: [
      "The row's maximum is the maximum of the lanes' maxima.",
      "Before the lanes' sums may be added, all must be relative to the same maximum.",
      "A lane without logits has the lowest number as its maximum, and sum 0: it adds 0.",
      "largest = subgroupMax(mine.largest); sum = subgroupAdd(mine.sum * exp(mine.largest - largest)); and total = subgroupAdd(total).",
    ],
    layer,
    share: 0.9,
    wrong: [
      ...online,
      {
        mistake: "the lanes' sums are added though each is relative to its own maximum",
        edits: [["subgroupAdd(mine.sum * exp(mine.largest - largest))", "subgroupAdd(mine.sum)"]],
      },
      {
        mistake: "the stride is that of the workgroup: most logits are left out",
        edits: [
          [
            "    for (var c = lane; c < end; c += lanes) {\n      seen",
            "    for (var c = lane; c < end; c += WORKGROUP) {\n      seen",
          ],
        ],
      },
      {
        mistake: "the bound is one too low: the last row is taken for one that does not exist",
        edits: [["slot < ROWS && n < params.N)", "slot < ROWS && n + 1u < params.N)"]],
      },
      {
        mistake: "rows that do not exist are computed: losses are written past the end",
        edits: [["slot < ROWS && n < params.N)", "slot < ROWS)"]],
      },
      {
        mistake: "the label's term is added by every lane",
        edits: [["if (SOFT == 0u && lane == 0u && end > 0u) {", "if (SOFT == 0u && end > 0u) {"]],
      },
      {
        mistake: "neighbouring lanes are given different rows: a subgroup mixes them",
        edits: [["turn + local / lanes;", "turn + lane;"]],
      },
    ],
  },
];

export default puzzles;
