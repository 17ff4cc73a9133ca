import type { Puzzle } from "@fledge/testing";

const layer = "maxpool, 64 px, batch 32";

const puzzles: readonly Puzzle[] = [
  {
    rung: "max-pool2d-forward/02-vec4",
    title: "Four channels to an invocation",
    goal: [
      "Channels lie side by side, and neighbouring channels have the same window. Let an invocation take four of them with vector loads: one test of the border for all.",
      "The grid has an invocation for four channels of each pixel of out. Of equal values the first wins, and NaN wins over every number: each channel decides by itself, so a branch will not do.",
    ],
    hints: [
      "Bind x and out as array<vec4f> and argmax as array<vec4u>; a pixel has C / 4 vectors.",
      "select(a, b, mask) takes b where the mask is true, component by component.",
      "isNaN needs a vector too: the bits by bitcast<vec4u>, compared with vec4u(0x7f800000u), give vec4<bool>.",
      "wins = vec4<bool>(!found) | isNaN(value) | ((value > best) & !isNaN(best)); best = select(best, value, wins); place = select(place, vec4u(kh * p.kernel + kw), wins); found = true.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the padding has the wrong sign",
        edits: [["let iw = ow * p.stride + kw - p.padding;", "let iw = ow * p.stride + kw + p.padding;"]],
      },
      {
        mistake: "the right border is not tested: the next line's pixels count",
        edits: [["if (ih >= p.IH || iw >= p.IW) { continue; }", "if (ih >= p.IH) { continue; }"]],
      },
      {
        mistake: "of equal values the last wins",
        edits: [["(value > best)", "(value >= best)"]],
      },
      {
        mistake: "the maximum starts at 0 as if that were a value of the window",
        edits: [["vec4<bool>(!found) | ", ""]],
      },
      {
        mistake: "the window's rows and columns are swapped in the place",
        edits: [["vec4u(kh * p.kernel + kw)", "vec4u(kw * p.kernel + kh)"]],
      },
      {
        mistake: "off by one: invocations past the last vector write it to what lies behind",
        edits: [["if (index >= p.N * p.OH * p.OW * C4)", "if (index > p.N * p.OH * p.OW * C4)"]],
      },
      {
        mistake: "the row of x is as long as that of out",
        edits: [["(n * p.IH + ih) * p.IW + iw", "(n * p.IH + ih) * p.OW + iw"]],
      },
    ],
  },
  {
    rung: "max-pool2d-forward/04-grid",
    title: "No division for rows and images",
    goal: [
      "To find its pixel an invocation divides its index six times, and a division costs a CPU as much as several loads. The grid can count for it: workgroup.z is the image, workgroup.y the row of out, and workgroup.x runs over a row's vectors.",
      "KERNEL, STRIDE and PADDING are set by the host; the window's loops can stay as they are.",
    ],
    hints: [
      "Within a row: which vector of channels, and which pixel? Two divisions are left.",
      "i = workgroup.x * WORKGROUP + local counts the vectors of a row: OW pixels of C4 each.",
      "A row need not fill its last workgroup. Leave where ow is past the row, not where the index is past the tensor.",
      "c = i % C4; ow = i / C4; leave where ow >= OW; oh = workgroup.y; n = workgroup.z; index = ((n * OH + oh) * OW + ow) * C4 + c.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "what is past a row is not left out: it lands in the next row, and past the end",
        edits: [["  if (ow >= p.OW) { return; }\n", ""]],
      },
      {
        mistake: "rows and images of the grid are swapped",
        edits: [
          ["let oh = workgroup.y;", "let oh = workgroup.z;"],
          ["let n = workgroup.z;", "let n = workgroup.y;"],
        ],
      },
      {
        mistake: "channels and pixels are swapped in the index of a row",
        edits: [
          ["let c = i % C4;", "let c = i / p.OW;"],
          ["let ow = i / C4;", "let ow = i % p.OW;"],
          ["  if (ow >= p.OW) { return; }", "  if (c >= C4) { return; }"],
          ["((n * p.OH + oh) * p.OW + ow) * C4 + c;", "((n * p.OH + oh) * C4 + c) * p.OW + ow;"],
        ],
      },
      {
        mistake: "off by one: a pixel more than a row has",
        edits: [["if (ow >= p.OW)", "if (ow > p.OW)"]],
      },
      {
        mistake: "the image is left out of the index: all images race for the first one's place",
        edits: [["((n * p.OH + oh) * p.OW + ow) * C4 + c", "(oh * p.OW + ow) * C4 + c"]],
      },
      {
        mistake: "only a row's first workgroup is told apart",
        edits: [["let i = workgroup.x * WORKGROUP + local;", "let i = local;"]],
      },
    ],
  },
  {
    rung: "max-pool2d-forward/05-run",
    title: "A run of vectors",
    goal: [
      "On a CPU the start of an invocation and its index cost as much as a window. Let each take RUN neighbouring vectors of channels, one after the other; four of them fill a cache line of 64 bytes.",
      "The number of vectors of a pixel need not be a multiple of RUN: the last run of a pixel may be short. The grid has an invocation for each run.",
    ],
    start: {
      of: "before",
      edits: [
        [
          "const PADDING = 1u;",
          "const PADDING = 1u;\nconst RUN = 4u; // vectors of an invocation: the grid follows it",
        ],
      ],
    },
    hints: [
      "A pixel has C4 / RUN runs, rounded up. Which run of which pixel is invocation i?",
      "first = i % runs * RUN; ow = i / runs.",
      "Everything from the index on goes into a loop over c, best, place and found too: they start anew for each vector.",
      "for (var c = first; c < first + RUN && c < C4; c++) { let index = ...; var best = vec4f(); var place = vec4u(); var found = false; ... }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the runs of a pixel are rounded down: a rest of channels is left out",
        edits: [["(C4 + RUN - 1u) / RUN", "max(C4 / RUN, 1u)"]],
      },
      {
        mistake: "a short run goes on into the next pixel",
        edits: [[" && c < C4; c++", "; c++"]],
      },
      {
        mistake: "found is kept from one vector to the next: the accumulator is not reset",
        edits: [
          ["    var found = false;\n", ""],
          ["  for (var c = first;", "  var found = false;\n  for (var c = first;"],
        ],
      },
      {
        mistake: "the best value is kept from one vector to the next",
        edits: [
          ["    var best = vec4f();\n", ""],
          ["    var found = false;\n", ""],
          ["  for (var c = first;", "  var best = vec4f(-1e30);\n  for (var c = first;"],
          ["vec4<bool>(!found) | ", ""],
          ["        found = true;\n", ""],
        ],
      },
      {
        mistake: "runs begin one vector apart, and overlap",
        edits: [["let first = i % runs * RUN;", "let first = i % runs;"]],
      },
      {
        mistake: "the pixel is found as if each vector had an invocation",
        edits: [["let ow = i / runs;", "let ow = i / C4;"]],
      },
      {
        mistake: "the vector's index is that of the run: all write to its first",
        edits: [["* p.OW + ow) * C4 + c;", "* p.OW + ow) * C4 + first;"]],
      },
    ],
  },
];

export default puzzles;
