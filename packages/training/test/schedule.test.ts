import { expect, it } from "vitest";
import { cosineLr } from "../src/cosine-lr.ts";
import { rateAt, type Schedule } from "../src/schedule.ts";

const options = { peak: 0.4, final: 0.1, warmup: 2, total: 6, warmupStart: 0.25, rule: "after_warmup" } as const;
const ratesOf = (change: Partial<Parameters<typeof cosineLr>[0]>): number[] => {
  const all = { ...options, ...change };
  const rate = cosineLr(all);
  return Array.from({ length: all.total }, (_, at) => rate(at));
};

const rounded = (rates: readonly number[]): number[] => rates.map((rate) => Number(rate.toFixed(12)));

// By hand: the cosines of 0, 45, 90, 135 degrees after the warm-up; of 0, 30, ..., 150 over all.
const half = Math.SQRT1_2;
it("warms up linearly and falls along half a cosine that begins where the warm-up ends", () => {
  expect(rounded(ratesOf({}))).toEqual(rounded([0.1, 0.25, 0.4, 0.25 + 0.15 * half, 0.25, 0.25 - 0.15 * half]));
  expect(rounded(ratesOf({ warmup: 0, total: 4 }))).toEqual(
    rounded([0.4, 0.25 + 0.15 * half, 0.25, 0.25 - 0.15 * half]),
  );
});

it("over_all: the cosine runs from the first epoch on, and the warm-up covers its beginning", () => {
  const [sixty, ninety] = [0.3, 0.2];
  const rates = ratesOf({ rule: "over_all", final: 0, warmupStart: 0 });
  expect(rounded(rates)).toEqual(rounded([0, 0.2, sixty, ninety, 0.1, 0.2 * (1 - Math.cos(Math.PI / 6))]));
});

it.each([
  [{ peak: -1 }, "peak is -1"],
  [{ final: NaN }, "final is NaN"],
  [{ warmupStart: Infinity }, "warmupStart is Infinity"],
  [{ warmup: 7 }, "warmup is 7; give a whole number from 0 to the 6"],
  [{ warmup: 0.5 }, "warmup is 0.5"],
  [{ total: 0 }, "total is 0"],
])("refuses %o", (change, message) => {
  expect(() => cosineLr({ ...options, ...change })).toThrow(message);
});

it("refuses what is no epoch or step", () => {
  expect(() => cosineLr(options)(-1)).toThrow("at is -1");
});

const cosine = { kind: "cosine", initial: 0.4, final: 0.1, warmupStart: 0.25, rule: "after_warmup" } as const;
const steps = [3, 3, 2, 2];
const everyRate = (schedule: Schedule): number[] => {
  const rate = rateAt(schedule, steps);
  return steps.flatMap((count, epoch) => Array.from({ length: count }, (_, step) => rate(epoch, step)));
};

it("per epoch, all steps of an epoch have its rate", () => {
  const [a, b, c, d] = ratesOf({ warmup: 1, total: 4 });
  expect(everyRate({ ...cosine, per: "epoch" as const, warmupEpochs: 1 })).toEqual([a, a, a, b, b, b, c, c, d, d]);
});

it("per step, it goes through the steps of epochs that are not equally long", () => {
  expect(everyRate({ ...cosine, per: "step" as const, warmupEpochs: 1 })).toEqual(ratesOf({ warmup: 3, total: 10 }));
});

it("without a kind it is StepLR", () => {
  const schedule = { initial: 0.4, stepSize: 2, gamma: 0.5 };
  expect(everyRate(schedule)).toEqual([0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2]);
  expect(everyRate({ ...schedule, kind: "step" })).toEqual(everyRate(schedule));
});
