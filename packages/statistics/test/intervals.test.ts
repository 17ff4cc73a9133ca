import { describe, expect, it } from "vitest";
import { bootstrapBca, resamplePlaces, tInterval, wilsonInterval } from "../src/index.ts";

describe("tInterval", () => {
  it("reaches t(n - 1) standard errors: 4.303 of them for three values", () => {
    const { low, high } = tInterval([1, 2, 3]);
    expect((high - low) / 2).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect((high + low) / 2).toBeCloseTo(2, 12);
  });

  it("knows nothing from a single value", () => {
    expect(tInterval([1])).toEqual({ low: -Infinity, high: Infinity });
  });
});

describe("wilsonInterval", () => {
  it("is exact at no and at all successes, and never leaves 0 .. 1", () => {
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(wilsonInterval(0, 10).high).toBeCloseTo(0.27754, 4);
  });

  it("refuses more successes than trials", () => {
    expect(() => wilsonInterval(11, 10)).toThrow(/11 successes of 10/);
  });
});

describe("bootstrapBca", () => {
  const values = [0.2, 1.1, 0.7, 3.9, 0.4, 1.6, 0.9];

  it("lies to the long side of skewed values, where the percentile interval does not", () => {
    const { interval, percentile } = bootstrapBca(values, resamplePlaces(values.length, 4000, 1));
    expect(interval.high).toBeGreaterThan(percentile.high);
    expect(interval.low).toBeGreaterThan(percentile.low);
  });

  it("draws the same resamples for a seed and others for another", () => {
    expect(resamplePlaces(5, 20, 1)).toEqual(resamplePlaces(5, 20, 1));
    expect(resamplePlaces(5, 20, 1)).not.toEqual(resamplePlaces(5, 20, 2));
  });

  it("is the value itself where nothing varies", () => {
    expect(bootstrapBca([2, 2, 2], resamplePlaces(3, 10, 1)).interval).toEqual({ low: 2, high: 2 });
  });

  it("refuses resamples of another size", () => {
    expect(() => bootstrapBca(values, [0, 1, 2])).toThrow(/no whole resamples of 7/);
  });
});

it.each([0, 1, 95, NaN])("refuses %d as a level", (level) => {
  expect(() => tInterval([1, 2], level)).toThrow(/level/);
  expect(() => wilsonInterval(1, 2, level)).toThrow(/level/);
});
