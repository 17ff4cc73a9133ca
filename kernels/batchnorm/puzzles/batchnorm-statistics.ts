import type { Puzzle } from "@fledge/testing";

const layer = "bn1, 64 px, batch 8";

const puzzles: readonly Puzzle[] = [
  {
    rung: "batchnorm-statistics/02-split-rows",
    title: "Rows in strips",
    goal: [
      "One invocation for each channel leaves most of a GPU idle: early layers have 64 channels of many thousand rows. Cut the rows into strips of stripRows, with an invocation for each strip of each channel, and merge what they found in a second entry point.",
      "stripMoments leaves each strip's mean, relative to row 0 of the channel, and its sum of squares about that mean in partials. What it does is there; combine is yours. Adding up the squares is not enough: the strips have different means.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `    let deviation = partials[s * params.C + c] - shiftedMean;
    squares += partials[(params.strips + s) * params.C + c] + stripCount * deviation * deviation;
`,
          `    // Yours: the squares of strip s about the channel's mean, not about its own.
    squares += stripCount;
`,
        ],
        [
          "    sum += stripCount * partials[s * params.C + c];\n",
          "    // Yours: what does strip s add to the sum of the channel?\n    sum += stripCount;\n",
        ],
        [
          "  partials[item] = stripMean;\n  partials[params.strips * params.C + item] = squares;\n",
          "  // Yours: partials is [2, strips, C], the means first, then the squares.\n  partials[item] = stripMean + squares;\n",
        ],
      ],
    },
    hints: [
      "The mean of all rows is the mean of the strips' means, each weighted by its number of rows. The last strip may be shorter.",
      "About another point than its own mean, a strip's squares are larger by its number of rows times the distance, squared.",
      "item is strip * C + c. The squares lie strips * C further on.",
      "sum += stripCount * partials[s * C + c]; deviation = partials[s * C + c] - shiftedMean; squares += partials[(strips + s) * C + c] + stripCount * deviation * deviation.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the strips' squares are added up as they are, each about another mean",
        edits: [[" + stripCount * deviation * deviation;", ";"]],
      },
      {
        mistake: "all strips weigh the same: the short last one too",
        edits: [["sum += stripCount * partials", "sum += f32(params.stripRows) * partials"]],
      },
      {
        mistake: "the last strip reads rows past the end of x",
        edits: [["let end = min(first + params.stripRows, params.rows);", "let end = first + params.stripRows;"]],
      },
      {
        mistake: "the first row of each strip is left out",
        edits: [
          [
            "  for (var r = first; r < end; r++) {\n    sum +=",
            "  for (var r = first + 1u; r < end; r++) {\n    sum +=",
          ],
        ],
      },
      {
        mistake: "means and squares share a place: the squares overwrite the means",
        edits: [["partials[params.strips * params.C + item] = squares;", "partials[item] = squares;"]],
      },
      {
        mistake: "axes swapped: partials is read as [C, strips]",
        edits: [
          ["sum += stripCount * partials[s * params.C + c];", "sum += stripCount * partials[c * params.strips + s];"],
        ],
      },
      {
        mistake: "strips are taken relative to their own first row, and merged as if to the channel's",
        edits: [["let shift = x[c];", "let shift = x[first * params.C + c];"]],
      },
      {
        mistake: "the running variance takes the variance as it is, without rows / (rows - 1)",
        edits: [["channelVariance * params.unbias", "channelVariance"]],
      },
    ],
  },
  {
    rung: "batchnorm-statistics/03-single-read",
    title: "One reading for mean and squares",
    goal: [
      "The squares about the mean need the mean, so the strips are read twice. Read them once: keep the mean and the squares of the rows seen so far, and merge four rows at a time into them (Chan, Golub and LeVeque 1979).",
      "The strips' rows need not be a multiple of four: the rest goes one by one.",
    ],
    hints: [
      "Of four rows in registers mean and squares are found as before, without memory.",
      "Merging: with delta the distance of the two means, the mean moves by delta times the share of the new rows, and the squares grow by delta * delta * (rows before) * share.",
      "share = 4 / (count + 4), where count is the number of rows seen before. For the rest: the same with 1 in place of 4, and a row has no squares of its own.",
      "stripMean += delta * share; squares += own squares + delta * delta * (count * share); count += 4.",
    ],
    layer,
    share: 0.8,
    wrong: [
      {
        mistake: "the rest of up to three rows is left out",
        edits: [["  for (; r < end; r++) {", "  for (; r < first; r++) {"]],
      },
      {
        mistake: "the last four rows may lie past the strip",
        edits: [["for (; r + 4u <= end; r += 4u)", "for (; r < end; r += 4u)"]],
      },
      {
        mistake: "the distance of the means is forgotten in the squares",
        edits: [["(e2 * e2 + e3 * e3)) + delta * delta * (count * share);", "(e2 * e2 + e3 * e3));"]],
      },
      {
        mistake: "count is raised before it weighs the squares",
        edits: [
          ["    let share = 4.0 / (count + 4.0);", "    count += 4.0;\n    let share = 4.0 / count;"],
          ["    count += 4.0;\n  }\n  for (;", "  }\n  for (;"],
        ],
      },
      {
        mistake: "count stays where it was while rows go one by one",
        edits: [["    count += 1.0;\n", ""]],
      },
      {
        mistake: "the same row is loaded twice of four",
        edits: [["let a3 = x[(r + 3u) * params.C + c]", "let a3 = x[(r + 2u) * params.C + c]"]],
      },
      {
        mistake: "values are not taken relative to row 0: sums near 1000 swallow the digits",
        edits: [
          ["  let shift = x[c];", "  let shift = 0.0;"],
          ["let channelMean = x[c] + shiftedMean;", "let channelMean = shiftedMean;"],
        ],
      },
    ],
  },
  {
    rung: "batchnorm-statistics/05-shifted-moments",
    title: "Two plain sums",
    goal: [
      "Merging mean and squares costs a division for every four rows. Add up d and d * d instead, with d the distance from row 0 of the channel, and find mean and variance from the two sums in combine.",
      "variance = mean of d * d - (mean of d) * (mean of d). It is a difference of nearly equal numbers where row 0 lies far from the mean: the checks allow this rung what that loses, and no more.",
    ],
    hints: [
      "The strips need no count any more, and no mean: sum and squares start at 0.",
      "The four rows of a turn and the rest are then the same but for the number.",
      "combine only adds up. Where d's mean is shiftedMean, the channel's mean is row 0 plus that.",
      "difference = squares / count - shiftedMean * shiftedMean. Rounding may leave it below 0: select 0 there, rather than max(), which may hide a NaN.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the mean's square is not taken away",
        edits: [["squares / count - shiftedMean * shiftedMean;", "squares / count;"]],
      },
      {
        mistake: "the sums are about 0, not about row 0",
        edits: [
          ["  let shift = x[q];", "  let shift = vec4f();"],
          ["let channelMean = x[q] + shiftedMean;", "let channelMean = shiftedMean;"],
        ],
      },
      {
        mistake: "row 0 is forgotten in the mean",
        edits: [["let channelMean = x[q] + shiftedMean;", "let channelMean = shiftedMean;"]],
      },
      {
        mistake: "the squares of the rest are not added",
        edits: [["    squares += a * a;\n", ""]],
      },
      {
        mistake: "a strip more than there is: what lies behind the sums is added",
        edits: [["s < params.strips; s++", "s <= params.strips; s++"]],
      },
      {
        mistake: "the strips of a channel race for one place",
        edits: [["  partials[item] = sum;", "  partials[q] = sum;"]],
      },
      {
        mistake: "the running mean moves the wrong way",
        edits: [["(channelMean - runningMean[q])", "(runningMean[q] - channelMean)"]],
      },
    ],
  },
  {
    rung: "batchnorm-statistics/07-workgroup-tree",
    title: "A tree in workgroup memory",
    goal: [
      "A strip has one invocation for four channels, and each walks its rows alone. Let LANES of them share a strip: each takes every LANES-th row, and their moments are merged pairwise in workgroup memory, in log2(LANES) turns.",
      "A workgroup is QUADS neighbouring quads of channels by LANES lanes: invocation number lane * QUADS + quad. mergeAll is yours; it is called by all of a workgroup together, so that it may hold barriers.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  for (var span = LANES / 2u; span > 0u; span /= 2u) {
    workgroupBarrier(); // The entries of the turn before are written.
    if (local < span * QUADS) {
      moments[local] = merge(moments[local], moments[local + span * QUADS]);
    }
  }
`,
          `  // Yours: one invocation for each quad does all of it so far, and the others wait.
  workgroupBarrier();
  if (local < QUADS) {
    for (var lane = 1u; lane < LANES; lane++) {
      moments[local] = merge(moments[local], moments[local + lane * QUADS]);
    }
  }
`,
        ],
      ],
    },
    hints: [
      "In the first turn the lower half of the lanes takes in the upper half, in the next the lower quarter the one above it.",
      "With span the number of lanes that merge in a turn, the partner of an entry is span lanes away: span * QUADS entries.",
      "What must be between two turns? And who may run through it: those that merge, or all?",
      "for (var span = LANES / 2u; span > 0u; span /= 2u) { workgroupBarrier(); if (local < span * QUADS) { moments[local] = merge(moments[local], moments[local + span * QUADS]); } }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "no barrier between the turns: entries are merged before they are whole",
        edits: [["    workgroupBarrier(); // The entries of the turn before are written.\n", ""]],
      },
      {
        mistake: "one barrier before all turns, and none between them",
        edits: [
          ["  for (var span = LANES", "  workgroupBarrier();\n  for (var span = LANES"],
          ["    workgroupBarrier(); // The entries of the turn before are written.\n", ""],
        ],
      },
      {
        mistake: "the last turn is left out",
        edits: [["span > 0u; span /= 2u", "span > 1u; span /= 2u"]],
      },
      {
        mistake: "the partner is span entries away, not span lanes: quads of channels are mixed",
        edits: [["moments[local + span * QUADS]", "moments[local + span]"]],
      },
      {
        mistake: "all lanes begin at the first row of the strip",
        edits: [["for (var r = first + local / QUADS; r < end", "for (var r = first; r < end"]],
      },
      {
        mistake: "channels past the last are stored",
        edits: [["  if (local < QUADS && q < params.quads) {\n    partials", "  if (local < QUADS) {\n    partials"]],
      },
      {
        mistake: "an empty set weighs in the mean: its count is taken for 1",
        edits: [["let share = b.count / max(count, 1.0);", "let share = max(b.count, 1.0) / max(count, 1.0);"]],
      },
    ],
  },
];

export default puzzles;
