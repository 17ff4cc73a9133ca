import { expect, it } from "vitest";
import { spreadOf } from "../src/statistics.ts";

it("interpolates as numpy.percentile does", () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, p10: 1.3, p90: 3.7, samples: 4 });
  expect(spreadOf([7])).toEqual({ median: 7, p10: 7, p90: 7, samples: 1 });
});

it("refuses an empty list", () => {
  expect(() => spreadOf([])).toThrow("at least one sample");
});
