import { describe, expect, it } from "vitest";
import { seededRandom } from "../src/random.ts";
import { calibrate, timeInRounds, type TimeRuns } from "../src/time-in-rounds.ts";

/** One run takes `timeUs`; each call's repeats are noted in `calls`. */
const takes =
  (timeUs: number, calls: number[]): TimeRuns =>
  (repeats) => {
    calls.push(repeats);
    return Promise.resolve(repeats * timeUs);
  };

describe("calibrate", () => {
  it.each([
    ["one run of what fills a sample", 10_000, [1]],
    ["as many as it takes", 4000, [1, 3]],
    ["at most 16 times as many as before", 100, [1, 16, 112]],
    ["at most 2048 in all, also where the clock shows nothing", 0, [1, 16, 256, 2048]],
  ])("takes %s", async (_, timeUs, expected) => {
    const calls: number[] = [];
    expect(await calibrate(takes(timeUs, calls), 10_000)).toEqual({ repeats: expected.at(-1), timeUs });
    expect(calls).toEqual(expected);
  });
});

describe("timeInRounds", () => {
  it("gives each as many samples as it wants, of one run, in rounds of changing order", async () => {
    const order: string[] = [];
    const entrant = (name: string, repeats: number, samples: number) => ({
      time: (runs: number) => {
        order.push(name);
        return Promise.resolve(100 * runs);
      },
      repeats,
      samples,
    });
    const samples = await timeInRounds([entrant("a", 4, 6), entrant("b", 1, 6), entrant("c", 2, 2)], seededRandom(3));
    expect(samples).toEqual([Array<number>(6).fill(100), Array<number>(6).fill(100), [100, 100]]);
    // c takes part in the third and in the last round.
    const rounds = [2, 2, 3, 2, 2, 3].map((length) => order.splice(0, length));
    expect(rounds.map((round) => round.toSorted().join(""))).toEqual(["ab", "ab", "abc", "ab", "ab", "abc"]);
    expect(new Set(rounds.map((round) => round[0])).size).toBeGreaterThan(1);
  });
});
