import { describe, expect, it } from "vitest";
import { cohensD, holm, leastTwoSided, mcnemar, pairedT, signFlip } from "../src/index.ts";

describe("signFlip", () => {
  it("counts every flip: the three largest of a single sign are 1 of 8", () => {
    expect(signFlip([1, 2, 4])).toEqual({ greater: 1 / 8, less: 1, twoSided: 2 / 8, exact: true });
  });

  it("takes equal means for equal whatever the order of their sums", () => {
    const { twoSided } = signFlip([0.1, 0.2, 0.3, -0.3, -0.2, -0.1]);
    expect(twoSided).toBe(1);
  });

  it("draws the flips of many differences, the same ones for a seed, close to the exact share", () => {
    const many = Array.from({ length: 20 }, (_, index) => Math.sin(index) + 0.3);
    const drawn = signFlip(many, 1);
    expect(drawn.exact).toBe(false);
    expect(drawn).toEqual(signFlip(many, 1));
    // Of 2^20 flips, counted by hand with the same statistic.
    const sum = many.reduce((total, value) => total + value, 0);
    let extreme = 0;
    const walk = (index: number, total: number): void => {
      if (index === many.length) extreme += Number(Math.abs(total) >= Math.abs(sum) - 1e-9);
      else {
        walk(index + 1, total + many[index]!);
        walk(index + 1, total - many[index]!);
      }
    };
    walk(0, 0);
    // Four standard errors of a share over 100,000 draws.
    const share = extreme / 2 ** 20;
    expect(Math.abs(drawn.twoSided - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 100_000));
  });

  it("cannot be significant below six pairs", () => {
    expect(leastTwoSided(5)).toBeGreaterThan(0.05);
    expect(leastTwoSided(6)).toBeLessThan(0.05);
    expect(signFlip([1, 2, 3, 4, 5]).twoSided).toBe(leastTwoSided(5));
  });

  it("refuses no difference at all", () => {
    expect(() => signFlip([])).toThrow(RangeError);
  });
});

describe("pairedT", () => {
  it("gives scipy.stats.ttest_rel's numbers", () => {
    const { t, p } = pairedT([5, 7, 9, 6], [4, 6.5, 7, 6.2]);
    // d = 1, 0.5, 2, -0.2: mean 0.825, deviation 0.92511, t = 0.825 / (0.92511 / 2).
    expect(t).toBeCloseTo(1.78356, 4);
    expect(p).toBeCloseTo(0.17252, 4);
  });

  it("has p 0 for equal differences and p 1 for none", () => {
    expect(pairedT([2, 3, 4], [1, 2, 3])).toEqual({ t: Infinity, p: 0 });
    expect(pairedT([2, 3], [2, 3])).toEqual({ t: 0, p: 1 });
  });

  it("refuses values without a partner", () => {
    expect(() => pairedT([1, 2], [1])).toThrow(/2 and 1/);
  });
});

describe("mcnemar", () => {
  it("is the binomial test of the images that one model alone has right", () => {
    const a = [1, 1, 1, 1, 1, 1, 0, 1, 0];
    const b = [0, 0, 0, 0, 0, 0, 1, 1, 0];
    const { onlyA, onlyB, exact, mid } = mcnemar(a, b);
    expect([onlyA, onlyB]).toEqual([6, 1]);
    expect(exact).toBeCloseTo((2 * (1 + 7)) / 128, 12);
    expect(mid).toBeCloseTo((2 * (1 + 7) - 7) / 128, 12);
  });

  it("holds for thousands of images, where 2^-n is no number", () => {
    const a = Array.from({ length: 2000 }, (_, index) => index < 1000);
    const { exact } = mcnemar(
      a,
      a.map((right) => !right),
    );
    expect(exact).toBe(1);
  });

  it("refuses answers for different images", () => {
    expect(() => mcnemar([1], [1, 0])).toThrow(/1 and for 2/);
  });
});

describe("holm", () => {
  it("multiplies by the tests that are left and never falls", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => +p.toFixed(10))).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it("refuses what is no p value", () => {
    expect(() => holm([0.5, NaN])).toThrow(/NaN/);
  });
});

it("cohensD is signed, and has no correction for two pairs", () => {
  expect(cohensD([1, 2, 4], [2, 4, 7]).dz).toBeCloseTo(-2, 12);
  expect(cohensD([1, 3], [0, 1]).hedgesGz).toBeUndefined();
  expect(() => cohensD([1], [0])).toThrow(/1 pairs/);
});
