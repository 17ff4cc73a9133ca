import { describe, expect, it } from "vitest";
import { clearlyFaster, race, type Racer } from "../../src/tuning/race.ts";

interface Scripted extends Racer {
  /** Repeats of each call so far. */
  readonly calls: number[];
}

/** A rung whose runs take the microseconds that `timeUs` says, call by call. */
function takes(rung: string, timeUs: number | ((call: number, repeats: number) => number)): Scripted {
  const calls: number[] = [];
  const time = (repeats: number): Promise<number> => {
    const call = calls.push(repeats) - 1;
    return Promise.resolve(repeats * (typeof timeUs === "number" ? timeUs : timeUs(call, repeats)));
  };
  return { rung, time, calls };
}

const winnerOf = async (...entrants: readonly Racer[]): Promise<string> => (await race(entrants, 10_000)).winner;

describe("the winner", () => {
  it("is the default where a challenger is not 5 % faster", async () => {
    expect(await winnerOf(takes("default", 20_000), takes("same", 20_000), takes("a little", 19_200))).toBe("default");
  });

  it("is a challenger that is", async () => {
    expect(await winnerOf(takes("default", 20_000), takes("faster", 18_900))).toBe("faster");
  });

  it("is the default where two rounds of five went the other way", async () => {
    // Calls 0 and 1 are the cold and the first warm run.
    const noisy = takes("noisy", (call) => (call === 3 || call === 5 ? 21_000 : 10_000));
    expect(await winnerOf(takes("default", 20_000), noisy)).toBe("default");
    const lessNoisy = takes("less noisy", (call) => (call === 5 ? 21_000 : 10_000));
    expect(await winnerOf(takes("default", 20_000), lessNoisy)).toBe("less noisy");
  });

  it("is told by each round alone: a machine that slows down changes nothing", async () => {
    let load = 1;
    const slowing = (timeUs: number) => () => timeUs * (load *= 1.2);
    expect(await winnerOf(takes("default", slowing(20_000)), takes("faster", slowing(14_000)))).toBe("faster");
    expect(await winnerOf(takes("default", slowing(20_000)), takes("same", slowing(20_000)))).toBe("default");
  });

  it("is the earlier of two challengers unless the later is clearly faster than it", async () => {
    const [first, same, best] = [takes("first", 15_000), takes("same", 14_800), takes("best", 12_000)];
    expect(await winnerOf(takes("default", 20_000), first, same)).toBe("first");
    expect(await winnerOf(takes("default", 20_000), first, best, same)).toBe("best");
  });

  it("is never one without times", async () => {
    expect(await winnerOf(takes("default", 20_000), takes("broken", NaN))).toBe("default");
    expect(clearlyFaster([NaN, NaN, NaN], [1, 1, 1])).toBe(false);
    expect(clearlyFaster([1, 1, 1], [NaN, NaN, NaN])).toBe(false);
  });
});

describe("a race", () => {
  it("does not count the cold run", async () => {
    const cold = takes("cold", (call) => (call === 0 ? 1e9 : 10_000));
    const timesUs = { default: 20_000, cold: 10_000 };
    expect(await race([takes("default", 20_000), cold], 10_000)).toEqual({ winner: "cold", timesUs });
  });

  it("gives up a challenger three times as slow after its first runs, and says so", async () => {
    const [fast, hopeless] = [takes("default", 20_000), takes("hopeless", 60_001)];
    expect(await race([fast, hopeless], 10_000)).toEqual({
      winner: "default",
      timesUs: { default: 20_000, hopeless: null },
    });
    // Cold, and twice warm.
    expect(hopeless.calls).toEqual([1, 1, 1]);
    expect(fast.calls).toEqual([1, 1]);
  });

  it("does not give up for one slow run, nor the default at all", async () => {
    const disturbed = takes("disturbed", (call) => (call === 1 ? 90_000 : 10_000));
    expect(await winnerOf(takes("default", 20_000), disturbed)).toBe("disturbed");
    const { timesUs } = await race([takes("default", 90_000), takes("fast", 10_000)], 10_000);
    expect(timesUs).toEqual({ default: 90_000, fast: 10_000 });
  });

  it("submits as many runs of each together, so that what submitting takes favours none", async () => {
    const submitting = (timeUs: number) => (_: number, repeats: number) => timeUs + 2000 / repeats;
    // At its first warm run the default was disturbed, so that few runs seem to fill a sample.
    const disturbed = takes("default", (call, repeats) => (call === 1 ? 12_000 : submitting(100)(call, repeats)));
    expect(await winnerOf(disturbed, takes("same", submitting(100)))).toBe("default");
    expect(disturbed.calls.slice(2)).toEqual(Array<number>(5).fill(120));
  });

  it("submits short runs together, and takes fewer rounds of long ones", async () => {
    const [short, long] = [takes("short", 3), takes("long", 250_000)];
    await race([short, takes("other", 3)], 10_000);
    expect(short.calls).toEqual([1, 1, 16, 256, 2048, ...Array<number>(5).fill(2048)]);
    await race([long, takes("other", 250_000)], 10_000);
    expect(long.calls).toEqual([1, 1, 1, 1, 1]);
  });

  it("of one rung is over when its time is known", async () => {
    const only = takes("only", 20_000);
    expect(await race([only], 10_000)).toEqual({ winner: "only", timesUs: { only: 20_000 } });
    expect(only.calls).toEqual([1, 1]);
  });
});
