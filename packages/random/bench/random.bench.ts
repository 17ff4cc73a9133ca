import { Bench } from "tinybench";
import { random, torchRandperm } from "@fledge/random";

/** Draws per task run, so that a run is long against the clock's resolution. */
const DRAWS = 1000;

const bench = new Bench({ time: 200, warmupTime: 50 });
const stream = random(1, "bench");
bench.add(`uint32 x${DRAWS}`, () => {
  for (let i = 0; i < DRAWS; i += 1) stream.uint32();
});
bench.add(`float x${DRAWS}`, () => {
  for (let i = 0; i < DRAWS; i += 1) stream.float();
});
bench.add(`normal x${DRAWS}`, () => {
  for (let i = 0; i < DRAWS; i += 1) stream.normal();
});
let index = 0;
bench.add(`a stream and its first float x${DRAWS}`, () => {
  for (let i = 0; i < DRAWS; i += 1) random(1, "bench", 0, (index += 1)).float();
});
bench.add("permutation(6033)", () => {
  stream.permutation(6033);
});
bench.add("torchRandperm(6033)", () => {
  torchRandperm(6033, 42);
});
await bench.run();
console.table(bench.table());
