import { describe, expect, it } from "vitest";
import { analyse, attribute, compareImages, curvesOf, type Outcome } from "../src/index.ts";

const contender = (variant: string) => ({ variant, model: "m" });
const outcome = (variant: string, seed: number, value: number, more: Partial<Outcome> = {}): Outcome => ({
  ...contender(variant),
  seed,
  measure: "target",
  value,
  ...more,
});

describe("attribute", () => {
  const values: Record<string, readonly number[]> = { a: [0.5, 0.6, 0.4], b: [0.6, 0.65, 0.52], c: [0.58, 0.66, 0.5] };
  const outcomes = Object.entries(values).flatMap(([variant, own]) =>
    own.map((value, seed) => outcome(variant, seed, value)),
  );
  const path = ["a", "b", "c"].map(contender);

  it("divides the whole among the steps, whose means add up to it", () => {
    const [{ steps, whole, seeds }] = attribute(outcomes, path) as [ReturnType<typeof attribute>[number]];
    expect(seeds).toEqual([0, 1, 2]);
    expect(steps.map(({ mean }) => mean)).toEqual([expect.closeTo(0.09, 12), expect.closeTo(-0.01, 12)]);
    expect(whole.mean).toBeCloseTo(
      steps.reduce((sum, { mean }) => sum + mean, 0),
      12,
    );
    expect([whole.from.variant, whole.to.variant]).toEqual(["a", "c"]);
    // Paired: the steps' spread is that of the differences, 0.05 to 0.12, not that of the seeds.
    expect(steps[0]!.interval.high - steps[0]!.mean).toBeCloseTo((4.302653 * 0.036056) / Math.sqrt(3), 4);
  });

  it("leaves a seed that one variant lacks out of every step, so that they still add up", () => {
    const lacking = outcomes.filter(({ variant, seed }) => !(variant === "b" && seed === 1));
    const [{ steps, whole, seeds }] = attribute(lacking, path) as [ReturnType<typeof attribute>[number]];
    expect(seeds).toEqual([0, 2]);
    expect(whole.mean).toBeCloseTo(0.09, 12);
    expect(steps[0]!.mean + steps[1]!.mean).toBeCloseTo(whole.mean, 12);
  });

  it("says nothing where no seed has all", () => {
    expect(
      attribute(
        outcomes.filter(({ variant }) => variant !== "b"),
        path,
      ),
    ).toEqual([]);
  });
});

describe("compareImages", () => {
  const answers = (correct: string, images = "these") => ({ answers: { correct, images } });
  const against = [{ of: contender("b"), than: contender("a") }];

  it("is McNemar's exact test on the images that one alone has right, a test for each seed", () => {
    const outcomes = [
      outcome("a", 1, 0.5, answers("0000000111")),
      outcome("b", 1, 0.7, answers("1111110111")),
      outcome("a", 2, 0.5, answers("0101010101")),
      outcome("b", 2, 0.5, answers("0101010101")),
    ];
    const { tests, refused } = compareImages(outcomes, against);
    expect(refused).toEqual([]);
    // Six to none: 2 / 2^6.
    expect(tests.map(({ seed, images, onlyOf, onlyThan, p }) => [seed, images, onlyOf, onlyThan, p])).toEqual([
      [1, 10, 6, 0, expect.closeTo(0.03125, 12)],
      [2, 10, 0, 0, 1],
    ]);
    expect(tests[0]!.adjusted).toBeCloseTo(0.0625, 12);
  });

  it("refuses other test images, and answers that are not kept, with the reason", () => {
    const outcomes = [
      outcome("a", 1, 0.5, answers("01")),
      outcome("b", 1, 0.5, answers("01", "others")),
      outcome("a", 2, 0.5, answers("01")),
      outcome("b", 2, 0.5),
    ];
    const { tests, refused } = compareImages(outcomes, against);
    expect(tests).toEqual([]);
    expect(refused.map(({ seed, reason }) => [seed, reason])).toEqual([
      [1, expect.stringContaining("test images are not the same")],
      [2, expect.stringContaining("is not kept")],
    ]);
  });
});

describe("curvesOf", () => {
  it("makes a line of each name, in order of x, of what there is", () => {
    const outcomes = ["a", "b"].flatMap((variant, at) =>
      [1, 2].map((seed) => outcome(variant, seed, 0.2 * at + 0.1 * seed)),
    );
    const places = [
      { ...contender("b"), line: "m", x: 0.1 },
      { ...contender("a"), line: "m", x: 1 },
      { ...contender("gone"), line: "other", x: 1 },
    ];
    const [curve] = curvesOf(analyse(outcomes, []).summaries, places);
    expect(curve!.lines).toHaveLength(1);
    const points = curve!.lines[0]!.points;
    expect(points.map(({ x, mean, seeds }) => [x, mean, seeds])).toEqual([
      [0.1, expect.closeTo(0.35, 12), 2],
      [1, expect.closeTo(0.15, 12), 2],
    ]);
    expect(points[0]!.interval.low).toBeLessThan(0.35);
  });
});
