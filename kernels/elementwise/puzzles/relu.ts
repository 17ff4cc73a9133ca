import type { Puzzle } from "@fledge/testing";

const layer = "output of layer1, 224 px, batch 2";

const puzzles: readonly Puzzle[] = [
  {
    rung: "relu/01-naive",
    title: "One number to an invocation",
    goal: [
      "A ReLU keeps what is positive and makes the rest 0. There is no loop over the numbers here: main runs once for each of them, and many of these invocations run at the same time. Each must find out which number is its own, and whether there is one for it.",
      "Invocations come in workgroups of WORKGROUP, and only whole workgroups are started: the last one has invocations without a number. The workgroups form a grid, because a device takes only so many side by side: workgroup.x counts along a row of workgroups.x of them, workgroup.y counts the rows.",
    ],
    start: {
      of: "rung",
      edits: [
        [
          `  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.count) { return; }
  let value = x[i];
  // max(value, 0.0) could turn NaN into 0 and hide it.
  out[i] = select(value, 0.0, value <= 0.0);
`,
          `  // Yours: which number is this invocation's, and is there one? So far every workgroup takes the first ones.
  let i = local;
  let value = x[i];
  // Yours: 0 in the place of what is not positive.
  out[i] = value;
`,
        ],
      ],
    },
    hints: [
      "local is the invocation's number within its workgroup, from 0 to WORKGROUP - 1. How many invocations are there in the workgroups before its own?",
      "Counted row by row, a workgroup is number workgroup.y * workgroups.x + workgroup.x, and each one before it has WORKGROUP invocations.",
      "The numbers are x[0] to x[params.count - 1]. An invocation behind the last has to leave with return before it reads or writes.",
      "select(a, b, test) is b where the test is true, else a. No comparison with NaN is true, so value <= 0.0 lets a NaN through, and a run that has gone wrong shows it; max(value, 0.0) may hide it.",
      "let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local; if (i >= params.count) { return; } out[i] = select(x[i], 0.0, x[i] <= 0.0);",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "no bound: the invocations without a number write past the end",
        edits: [["  if (i >= params.count) { return; }\n", ""]],
      },
      {
        mistake: "off by one: one number more than there is",
        edits: [["if (i >= params.count)", "if (i > params.count)"]],
      },
      {
        mistake: "off by one the other way: the last number is left out",
        edits: [["if (i >= params.count)", "if (i + 1u >= params.count)"]],
      },
      {
        mistake: "only whole workgroups compute: the rest of a ragged count is forgotten",
        edits: [["if (i >= params.count)", "if (i - local + WORKGROUP > params.count)"]],
      },
      {
        mistake: "the grid's rows are forgotten: all of them take the first row's numbers",
        edits: [["(workgroup.y * workgroups.x + workgroup.x) * WORKGROUP", "workgroup.x * WORKGROUP"]],
      },
      {
        mistake: "workgroups begin one number apart, and overlap",
        edits: [["workgroup.x) * WORKGROUP + local", "workgroup.x) + local"]],
      },
      {
        mistake: "workgroup and invocation are swapped",
        edits: [
          [
            "(workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local",
            "local * WORKGROUP + workgroup.y * workgroups.x + workgroup.x",
          ],
        ],
      },
      {
        mistake: "a workgroup races for its first place",
        edits: [["out[i] = select", "out[i - local] = select"]],
      },
      {
        mistake: "the comparison is turned round: it keeps what is negative",
        edits: [["value <= 0.0", "value >= 0.0"]],
      },
    ],
  },
  {
    rung: "relu/02-vec4",
    title: "Four numbers at once",
    goal: [
      "A load has its price, whether it brings 4 bytes or 16. Bind x and out as array<vec4f>, and let each invocation take four neighbouring numbers with one load and one store.",
      "The grid has an invocation for every four numbers now. The count need not be a multiple of four: every buffer goes on to the next multiple of 16 bytes, so the last vector may reach into that padding, but no vector may lie behind it.",
    ],
    hints: [
      "The types change in the two bindings. The arithmetic can stay: WGSL computes and compares vectors component by component.",
      "i counts vectors now. Which is the first number of vector i?",
      "A vector is needed if its first number exists, whether the other three do or not.",
      "if (4u * i >= params.count) { return; } out[i] = select(value, vec4f(), value <= vec4f()); vec4f() is four zeros.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the bound counts numbers, where i counts vectors: invocations write past the end",
        edits: [["if (4u * i >= params.count)", "if (i >= params.count)"]],
      },
      {
        mistake: "only whole vectors are computed: up to three numbers at the end are forgotten",
        edits: [["if (4u * i >= params.count)", "if (4u * i + 4u > params.count)"]],
      },
      {
        mistake: "off by one: a vector more than there is",
        edits: [["if (4u * i >= params.count)", "if (4u * i > params.count)"]],
      },
      {
        mistake: "i is taken for a number's index: every fourth vector is read, and the last ones are not there",
        edits: [["let value = x[i];", "let value = x[4u * i];"]],
      },
      {
        mistake: "the first of four numbers decides for all",
        edits: [["value <= vec4f())", "value.x <= 0.0)"]],
      },
      {
        mistake: "four invocations take the same vector, and three of four vectors have none",
        edits: [["WORKGROUP + local;", "WORKGROUP + local / 4u;"]],
      },
    ],
  },
  {
    rung: "relu/03-strided",
    title: "A loop of vectors",
    goal: [
      "An invocation has to be started and to find its index, and that costs as much as a vector or more. Let each take VECTORS of them in a loop: the grid has so many fewer invocations.",
      "A workgroup's share is VECTORS * WORKGROUP neighbouring vectors. Give them out so that in each turn of the loop neighbouring invocations touch neighbouring vectors: a GPU fetches those together, which is called a coalesced access.",
    ],
    start: {
      of: "before",
      edits: [
        [
          "const WORKGROUP = 64u;",
          "const WORKGROUP = 64u;\nconst VECTORS = 8u; // for each invocation: the grid follows it",
        ],
      ],
    },
    hints: [
      "Write down for WORKGROUP = 4 and VECTORS = 2 which of eight vectors invocation 0 takes in each turn, and which invocation 1.",
      "An invocation begins at the start of its workgroup's share plus local, and goes on by WORKGROUP.",
      "The loop has two ends: the workgroup's share, and the tensor, whose last workgroup has less to do. A test before the loop alone does not do.",
      "let first = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP * VECTORS + local; for (var i = first; i < first + WORKGROUP * VECTORS && 4u * i < params.count; i += WORKGROUP) { ... }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the loop does not end with the tensor: it writes past the end",
        edits: [[" && 4u * i < params.count", ""]],
      },
      {
        mistake: "the tensor's end is tested once, before the loop",
        edits: [
          [" && 4u * i < params.count", ""],
          [" * VECTORS + local;\n", " * VECTORS + local;\n  if (4u * first >= params.count) { return; }\n"],
        ],
      },
      {
        mistake: "the loop's end is VECTORS vectors on, not VECTORS turns: it ends behind the first",
        edits: [["i < first + WORKGROUP * VECTORS &&", "i < first + VECTORS &&"]],
      },
      {
        mistake: "workgroups begin WORKGROUP vectors apart: they overlap, and the end has none",
        edits: [["WORKGROUP * VECTORS + local", "WORKGROUP + local"]],
      },
      {
        mistake: "the step is a workgroup's whole share: all but the first turn are lost",
        edits: [["i += WORKGROUP)", "i += WORKGROUP * VECTORS)"]],
      },
      {
        mistake: "the last vector of a ragged count is forgotten",
        edits: [["4u * i < params.count", "4u * i + 3u < params.count"]],
      },
      {
        mistake: "every turn stores the first vector's value",
        edits: [["let value = x[i];", "let value = x[first];"]],
      },
    ],
  },
  {
    rung: "relu/04-run",
    title: "Neighbouring vectors to an invocation",
    goal: [
      "A CPU that plays GPU runs a workgroup's invocations one after the other. It fetches a cache line of 64 bytes, uses 16 of them, and comes back for the rest when the line may be gone. Let the VECTORS vectors of an invocation be neighbours instead.",
      "On a GPU that spoils what the step before has won: neighbouring invocations lie 128 bytes apart, and it loses. Time both, and see which kind of device yours is.",
    ],
    hints: [
      "Only the loop's start, its end and its step change.",
      "Number the invocations of the whole grid: 0, 1, 2 and so on. Where do the vectors of number 5 begin?",
      "At its number times VECTORS; they end VECTORS further on.",
      "let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS; for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) { ... }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "local is outside of the product: runs of a workgroup begin one vector apart",
        edits: [["WORKGROUP + local) * VECTORS;", "WORKGROUP) * VECTORS + local;"]],
      },
      {
        mistake: "the step is still a workgroup: a run's first vector is all it computes",
        edits: [["params.count; i++)", "params.count; i += WORKGROUP)"]],
      },
      {
        mistake: "the last vector of each run is left out",
        edits: [["i < first + VECTORS &&", "i + 1u < first + VECTORS &&"]],
      },
      {
        mistake: "the end is counted from 0: only the first run has vectors",
        edits: [["i < first + VECTORS &&", "i < VECTORS &&"]],
      },
      {
        mistake: "the tensor's end is tested once, before the loop: a run that ends early writes past it",
        edits: [
          [" && 4u * i < params.count; i++) {", "; i++) {"],
          ["* VECTORS;\n", "* VECTORS;\n  if (4u * first >= params.count) { return; }\n"],
        ],
      },
      {
        mistake: "off by one: a vector more than there is",
        edits: [["4u * i < params.count", "4u * i <= params.count"]],
      },
    ],
  },
];

export default puzzles;
