import { expect, it } from "vitest";
import { relativeError } from "../src/index.ts";

it("divides the norm of the difference by the norm of the reference", () => {
  expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
  expect(relativeError([0, 1], [0, 0], 10)).toBeCloseTo(0.1, 12);
});

it("passes nothing that is not finite", () => {
  expect(relativeError([Number.NaN, 1], [1, 1])).toBeNaN();
  expect(relativeError([Infinity, 1], [1, 1])).toBe(Infinity);
  expect(relativeError([Infinity, 1], [Infinity, 1])).toBeNaN();
});

it("refuses tensors of different lengths", () => {
  expect(() => relativeError([1], [1, 2])).toThrow("1 values were given, 2 are expected");
});
