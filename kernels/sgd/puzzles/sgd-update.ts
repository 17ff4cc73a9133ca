import type { Puzzle } from "@fledge/testing";

const layer = "layer4.0.conv2";

const puzzles: readonly Puzzle[] = [
  {
    rung: "sgd-update/02-vec4",
    title: "Four elements to a load",
    goal: [
      "The plain rung loads and stores one number of 4 bytes at a time. Let each invocation update four neighbouring elements with loads and stores of 16 bytes.",
      "The grid now has a quarter of the invocations: one for every four elements, counted up. The count need not be a multiple of four; every buffer is padded to a multiple of 16 bytes, so the last vector may reach into the padding.",
    ],
    hints: [
      "The formulas can stay as they are: WGSL's arithmetic works on a vec4f as it does on an f32.",
      "Bind the three large tensors as array<vec4f>. learningRate and stepCount stay single numbers.",
      "i now counts vectors. Which is the first element of vector i, and when does not even that one exist?",
      "Leave where 4u * i >= params.count, and nothing else in the body changes.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake:
          "the bound counts elements, where i counts vectors: three quarters of the invocations write past the end",
        edits: [["if (4u * i >= params.count)", "if (i >= params.count)"]],
      },
      {
        mistake: "only whole vectors are updated: the last elements of a ragged count are forgotten",
        edits: [["if (4u * i >= params.count)", "if (4u * i + 4u > params.count)"]],
      },
      {
        mistake: "off by one: a vector more than there is",
        edits: [["if (4u * i >= params.count)", "if (4u * i > params.count)"]],
      },
      {
        mistake: "four invocations update one vector: they race for it, and three of four vectors are left out",
        edits: [["WORKGROUP + local;\n  if (4u * i", "WORKGROUP + local / 4u;\n  if (4u * i"]],
      },
      {
        mistake: "the buffer is read at step 0, when it holds anything",
        edits: [["    if (stepCount > 0u) {", "    if (params.momentum > 0.0) {"]],
      },
      {
        mistake: "nesterov looks ahead by the buffer without this step's gradient",
        edits: [["decayed + params.momentum * buffer;", "decayed + params.momentum * (momentumBuffer[i] - decayed);"]],
      },
    ],
  },
  {
    rung: "sgd-update/03-strided",
    title: "Several vectors to an invocation",
    goal: [
      "Starting an invocation and finding its index costs as much as updating a vector. Let each invocation update VECTORS of them, in a loop.",
      "A workgroup has VECTORS * WORKGROUP neighbouring vectors. Give them out so that in each turn of the loop neighbouring invocations touch neighbouring vectors: that is what a GPU's memory wants.",
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
      "Where does the workgroup's share begin? It is VECTORS times as long as before.",
      "An invocation begins at the start of its workgroup's share plus local, and steps by WORKGROUP.",
      "Two things end the loop: the workgroup's share, and the tensor. Leaving with return is for neither.",
      "let first = workgroup number * WORKGROUP * VECTORS + local; for (var i = first; i < first + WORKGROUP * VECTORS && 4u * i < params.count; i += WORKGROUP) { ... }",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "the loop does not end with the tensor: it writes past the end",
        edits: [[" && 4u * i < params.count", ""]],
      },
      {
        mistake: "one turn too many: the next workgroup's first vectors are updated twice",
        edits: [["i < first + WORKGROUP * VECTORS &&", "i <= first + WORKGROUP * VECTORS &&"]],
      },
      {
        mistake: "the shares overlap: each begins a WORKGROUP after the one before, not VECTORS of them",
        edits: [["WORKGROUP * VECTORS + local", "WORKGROUP + local"]],
      },
      {
        mistake: "the stride is that of the vectors in an invocation: it updates some twice, and others never",
        edits: [["i += WORKGROUP", "i += VECTORS"]],
      },
      {
        mistake: "the last vector of a ragged count is forgotten",
        edits: [["4u * i < params.count", "4u * i + 3u < params.count"]],
      },
      {
        mistake: "the running momentum is kept from one vector to the next: the accumulator is not reset",
        edits: [
          ["  for (var i = first;", "  var buffer = vec4f();\n  for (var i = first;"],
          ["      var buffer = decayed;\n", "      buffer += decayed;\n"],
        ],
      },
    ],
  },
  {
    rung: "sgd-update/04-run",
    title: "Whole cache lines to an invocation",
    goal: [
      "A CPU that runs the lanes of a workgroup one after the other fetches a cache line of 64 bytes, uses 16 of them, and comes back for the rest when it has nearly forgotten it. Let the VECTORS vectors of an invocation lie side by side.",
      "On a GPU the same change takes neighbouring lanes 128 bytes apart, and it loses: time both, and see which kind yours is.",
    ],
    hints: [
      "Nothing changes but which vectors an invocation takes: the loop's start and its step.",
      "Number the invocations of the whole grid from 0 on. Where does the share of invocation number 5 begin?",
      "Its number times VECTORS; and it ends VECTORS further on.",
      "let first = (workgroup number * WORKGROUP + local) * VECTORS; the loop runs to first + VECTORS, one at a time.",
    ],
    layer,
    share: 0.9,
    wrong: [
      {
        mistake: "local is outside of the product: neighbours overlap in all but one vector, and race for them",
        edits: [["WORKGROUP + local) * VECTORS;", "WORKGROUP) * VECTORS + local;"]],
      },
      {
        mistake: "the step is still a workgroup: one vector of each eight is updated",
        edits: [["params.count; i++)", "params.count; i += WORKGROUP)"]],
      },
      {
        mistake: "the end is that of the workgroup's share: a vector is updated by many invocations",
        edits: [["i < first + VECTORS &&", "i < first + WORKGROUP * VECTORS &&"]],
      },
      {
        mistake: "the last vector of each run is left out",
        edits: [["i < first + VECTORS &&", "i + 1u < first + VECTORS &&"]],
      },
      {
        mistake: "the bound is tested once, before the loop: a run that ends early writes past the end",
        edits: [
          [" && 4u * i < params.count; i++) {", "; i++) {"],
          ["* VECTORS;\n", "* VECTORS;\n  if (4u * first >= params.count) { return; }\n"],
        ],
      },
      {
        mistake: "the decay is taken of the gradient, not of the parameter",
        edits: [["params.weightDecay * before;", "params.weightDecay * gradient[i];"]],
      },
    ],
  },
];

export default puzzles;
