import { describe, expect, it } from "vitest";
import { analyse, type Outcome } from "../src/index.ts";

const luck = [0.02, -0.03, 0.01, 0.05, -0.04, 0];
const outcomes = (variant: string, shift: number, noise: readonly number[], measure = "target"): Outcome[] =>
  luck.map((luckOf, seed) => ({ variant, seed, model: "m", measure, value: 0.5 + luckOf + shift + noise[seed]! }));
const none = [0, 0, 0, 0, 0, 0];
const some = [0.004, -0.003, 0.002, 0.001, -0.002, 0.003];
const against = (variant: string) => ({ of: { variant, model: "m" }, than: { variant: "paper", model: "m" } });

describe("analyse", () => {
  it("compares by pairs: a shift far below the spread over seeds is found", () => {
    const both = [...outcomes("paper", 0, none), ...outcomes("better", 0.02, some)];
    const { summaries, comparisons } = analyse(both, [against("better")]);
    expect(summaries.map(({ variant, seeds }) => [variant, seeds])).toEqual([
      ["paper", 6],
      ["better", 6],
    ]);
    expect(summaries[0]!.deviation).toBeGreaterThan(0.02);
    const [difference] = comparisons;
    expect(difference!.mean).toBeCloseTo(0.02 + 0.005 / 6, 10);
    expect(difference!.interval.low).toBeGreaterThan(0);
    expect(difference!.p).toBe(2 / 64);
    expect(difference!.adjusted).toBe(difference!.p);
  });

  it("corrects over every comparison and measure of the study", () => {
    const all = ["target", "robustness"].flatMap((measure) => [
      ...outcomes("paper", 0, none, measure),
      ...outcomes("a", 0.02, some, measure),
      ...outcomes("b", 0.03, some, measure),
    ]);
    const { comparisons, warnings } = analyse(all, [against("a"), against("b")]);
    expect(comparisons).toHaveLength(4);
    expect(comparisons.every(({ adjusted }) => adjusted === (4 * 2) / 64)).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/corrected for 4 comparisons, 6 pairs.*8 seeds or more/)]);
  });

  it("pairs only seeds that both have, and warns where they are too few for any significance", () => {
    const both = [...outcomes("paper", 0, none), ...outcomes("better", 0.02, some).slice(2, 5)];
    const { comparisons, warnings } = analyse(both, [against("better")]);
    expect(comparisons[0]!.seeds).toBe(3);
    expect(warnings).toEqual(["3 pairs cannot be significant: the least two-sided p is 0.25. Six seeds or more can."]);
  });

  it("says nothing of a pair of which one is missing, and of one seed no deviation", () => {
    const one = outcomes("paper", 0, none).slice(0, 1);
    const { summaries, comparisons, warnings } = analyse(one, [against("gone")]);
    expect(comparisons).toEqual([]);
    expect(warnings).toEqual([]);
    expect(summaries[0]!.deviation).toBeNaN();
    expect(summaries[0]!.interval).toEqual({ low: -Infinity, high: Infinity });
  });
});
