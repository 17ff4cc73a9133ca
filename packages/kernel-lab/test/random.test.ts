import { expect, it } from "vitest";
import { seededRandom, shuffled } from "../src/random.ts";

it("repeats for a seed, differs between seeds, and fills [-1, 1)", () => {
  const draw = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  expect(Math.min(...draw(5))).toBeGreaterThanOrEqual(-1);
  expect(Math.min(...draw(5))).toBeLessThan(-0.98);
  expect(Math.max(...draw(5))).toBeLessThan(1);
  expect(Math.max(...draw(5))).toBeGreaterThan(0.98);
});

it("shuffles without losing anything", () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const mixed = shuffled(items, seededRandom(1));
  expect(mixed).not.toEqual(items);
  expect(mixed.toSorted((a, b) => a - b)).toEqual(items);
});
