import { expect, it } from "vitest";
import { ladderOf } from "../src/ladder.ts";
import { mainPass } from "../src/workgroups.ts";

const beside = new URL("./fixtures/ladder/ladder.ts", import.meta.url).href;
const { ladder: steps, rung } = ladderOf<null>("steps", beside);
const plain = rung("01-plain", {
  idea: "one step",
  constants: () => ({ STEP: 3 }),
  scratch: () => ({}),
  passes: mainPass(() => [1, 1, 1]),
});
const noop = rung("00-noop", { from: plain, idea: "nothing", constants: null });
const double = rung("02-double", { from: plain, idea: "two steps", features: ["subgroups"], scratch: null });

it("names a rung after ladder and file, and reads the file", () => {
  expect([plain.id, plain.module.constants, plain.from]).toEqual(["steps/01-plain", { STEP: 1 }, undefined]);
  expect([double.id, double.module.constants, double.from]).toEqual(["steps/02-double", { STEP: 2 }, plain]);
});

it("lists the rungs, the dispatch floor apart, as a kernel has them", () => {
  expect(steps).toEqual({ name: "steps", noop, rungs: [plain, double] });
});

it("lets a rung inherit what it does not say, and drop what it says is none", () => {
  expect(double).toMatchObject({ constants: plain.constants, passes: plain.passes, features: ["subgroups"] });
  expect(double).not.toHaveProperty("scratch");
  expect(noop).not.toHaveProperty("constants");
  expect(plain).not.toHaveProperty("features");
});

it("names a file that is missing or cannot be parsed", () => {
  const { rung: other } = ladderOf<null>("other", beside);
  const said = { idea: "", passes: mainPass<null>(() => [1, 1, 1]) };
  expect(() => other("04-gone", said)).toThrow(/ladder\/04-gone\.wgsl/);
  expect(() => other("03-broken", said)).toThrow(/03-broken\.wgsl: struct Params: "size: vec2u" is not a u32/);
});
