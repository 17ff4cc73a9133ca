import { benchFunctions } from "@fledge/bench";
import { random, torchRandperm } from "@fledge/random";

/** Draws per call, so that a call is long against the clock's resolution. */
const DRAWS = 1000;
const times = (draw: () => unknown) => () => {
  for (let i = 0; i < DRAWS; i += 1) draw();
};

const stream = random(1, "bench");
let index = 0;
await benchFunctions({
  title: "Random draws",
  tasks: {
    uint32: times(() => stream.uint32()),
    float: times(() => stream.float()),
    normal: times(() => stream.normal()),
    "integer(0, 500)": times(() => stream.integer(0, 500)),
    "a stream and its first float": times(() => random(1, "bench", 0, (index += 1)).float()),
  },
  work: { count: DRAWS, unit: "draws" },
});
await benchFunctions({
  title: "Permutations of 6033 images",
  tasks: { permutation: () => stream.permutation(6033), torchRandperm: () => torchRandperm(6033, 42) },
});
