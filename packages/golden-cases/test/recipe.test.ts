import { join } from "node:path";
import { expect, it } from "vitest";
import { loadCase, recipeTensor } from "../src/index.ts";
import { mix } from "../src/recipe.ts";

it("gives the numbers of FORMAT.md", () => {
  expect([mix(0), mix(1), mix(0xdeadbeef)]).toEqual([0, 0x688990c0, 0xe628c683]);
  const example = recipeTensor(12345, { ordinal: 7, offset: 1, bound: 0.2 }, 3);
  expect([...example]).toEqual([0.8910194635391235, 1.1895561218261719, 1.1171513795852661]);
});

it("gives the first values of every parameter of the case that uses it", () => {
  interface Parameter {
    readonly name: string;
    readonly stored?: string;
    readonly ordinal: number;
    readonly offset: number;
    readonly bound: number;
  }
  const golden = loadCase<{ readonly recipe_seed: number; readonly parameters: readonly Parameter[] }>(
    join(import.meta.dirname, "../../../test/conformance/cases/resnet50_recipe"),
  );
  const { recipe_seed: seed, parameters } = golden.attributes;
  expect(parameters).toHaveLength(161);
  parameters.forEach(({ name, stored, ...recipe }, p) => {
    const first = stored === undefined ? recipeTensor(seed, recipe, 4) : golden.float32(stored).subarray(0, 4);
    expect(first, name).toEqual(golden.float32("parameter_head").subarray(p * 4, p * 4 + 4));
  });
});
