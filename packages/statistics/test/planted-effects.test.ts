import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { bootstrapBca, differences, holm, mean, pairedT, resamplePlaces, signFlip, tInterval } from "../src/index.ts";

const studies = 1000;
const seeds = 6;
const deviation = 0.02;

/** Paired accuracies of simulated studies: two variants share their seed's luck, and one is better by `effect`. */
function simulated(effect: number, of = "planted"): { a: number[]; b: number[] }[] {
  return Array.from({ length: studies }, (_, study) => {
    const stream = random(7, of, study);
    const luck = Array.from({ length: seeds }, () => 0.6 + 0.05 * stream.normal());
    const noisy = (shift: number): number[] => luck.map((value) => value + shift + deviation * stream.normal());
    return { a: noisy(effect), b: noisy(0) };
  });
}

const shareOf = (hits: readonly boolean[]): number => hits.filter(Boolean).length / hits.length;

/** Four standard errors of a share of `p` over the simulated studies. */
const slack = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / studies);

describe("with no effect", () => {
  const none = simulated(0).map(({ a, b }) => differences(a, b));

  it("the paired t and the sign flip call one in twenty significant, or fewer", () => {
    const falseT = shareOf(
      none.map(
        (d) =>
          pairedT(
            d,
            d.map(() => 0),
          ).p <= 0.05,
      ),
    );
    expect(Math.abs(falseT - 0.05)).toBeLessThan(slack(0.05));
    // With six pairs p takes steps of 2 / 64: at most 0.05 are 1 / 32 of the studies.
    const falseFlips = shareOf(none.map((d) => signFlip(d).twoSided <= 0.05));
    expect(Math.abs(falseFlips - 1 / 32)).toBeLessThan(slack(1 / 32));
  });

  it("Holm keeps any false alarm among four tests to one study in twenty; without it there are thrice as many", () => {
    const families = Array.from({ length: 250 }, (_, family) => none.slice(4 * family, 4 * family + 4));
    const p = families.map((family) =>
      family.map(
        (d) =>
          pairedT(
            d,
            d.map(() => 0),
          ).p,
      ),
    );
    const bound = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / 250);
    expect(shareOf(p.map((of) => Math.min(...holm(of)) <= 0.05))).toBeLessThan(bound);
    expect(shareOf(p.map((of) => Math.min(...of) <= 0.05))).toBeGreaterThan(bound);
  });
});

describe("with an effect of 0.03", () => {
  const planted = simulated(0.03).map(({ a, b }) => differences(a, b));

  it("Student's interval holds it in 95 of 100 studies", () => {
    const covered = planted.map((d) => tInterval(d)).map(({ low, high }) => low <= 0.03 && 0.03 <= high);
    expect(Math.abs(shareOf(covered) - 0.95)).toBeLessThan(slack(0.95));
  });

  it("the BCa bootstrap of six values covers less than it says, but four times in five, and 93 % of thirty", () => {
    const resamples = resamplePlaces(seeds, 1000, 3);
    const few = planted.map((d) => bootstrapBca(d, resamples).interval);
    const ofFew = shareOf(few.map(({ low, high }) => low <= 0.03 && 0.03 <= high));
    expect(ofFew).toBeGreaterThan(0.8);
    expect(ofFew).toBeLessThan(0.95);
    const places = resamplePlaces(5 * seeds, 1000, 3);
    const many = Array.from({ length: 200 }, (_, index) => planted.slice(5 * index, 5 * index + 5).flat());
    const ofMany = many.map((d) => bootstrapBca(d, places).interval);
    expect(shareOf(ofMany.map(({ low, high }) => low <= 0.03 && 0.03 <= high))).toBeGreaterThan(
      0.93 - 4 * Math.sqrt((0.93 * 0.07) / 200),
    );
  });

  it("is found by the pairs far more often than by unpaired means", () => {
    const found = shareOf(
      planted.map(
        (d) =>
          pairedT(
            d,
            d.map(() => 0),
          ).p <= 0.05,
      ),
    );
    const unpaired = simulated(0.03).map(({ a, b }) => tInterval(a).low > mean(b));
    expect(found).toBeGreaterThan(0.4);
    expect(found).toBeGreaterThan(2 * shareOf(unpaired));
  });
});
