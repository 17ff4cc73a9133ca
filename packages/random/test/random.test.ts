import { describe, expect, it } from "vitest";
import { random } from "../src/random.ts";

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw);

/** Pearson's chi-square of counts that should all be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("a stream", () => {
  it("starts with the block of its key and counters", () => {
    // Key (0, FNV-1a("") = 0x811c9dc5), counter (0, 1, 2, 3): pinned, because runs are reproduced from it.
    const stream = random(0, "", 1, 2, 3);
    expect(draws(5, () => stream.uint32())).toMatchInlineSnapshot(`
      [
        3746680841,
        1226189308,
        2911014448,
        2041223707,
        2764562455,
      ]
    `);
  });

  it("is the same for the same seed, purpose and counters, whatever other streams draw", () => {
    const a = random(7, "augment", 3, 5);
    const first = draws(50, () => a.uint32());
    const other = random(7, "augment", 3, 6);
    const b = random(7, "augment", 3, 5);
    const interleaved = draws(50, () => {
      other.uint32();
      return b.uint32();
    });
    expect(interleaved).toEqual(first);
  });

  it.each([
    ["seed", random(8, "augment", 3, 5)],
    ["purpose", random(7, "flip", 3, 5)],
    ["first counter", random(7, "augment", 4, 5)],
    ["second counter", random(7, "augment", 3, 4)],
    ["third counter", random(7, "augment", 3, 5, 1)],
  ])("changes with the %s", (_what, stream) => {
    const reference = random(7, "augment", 3, 5);
    expect(draws(4, () => stream.uint32())).not.toEqual(draws(4, () => reference.uint32()));
  });

  it.each([
    ["a negative seed", () => random(-1, "p"), "the seed must be"],
    ["a fractional seed", () => random(0.5, "p"), "the seed must be"],
    ["a seed of 2^32", () => random(2 ** 32, "p"), "the seed must be"],
    ["NaN as counter", () => random(1, "p", 0, Number.NaN), 'counter 1 of "p"'],
    ["four counters", () => random(1, "p", 0, 0, 0, 0), "at most 3 counters"],
  ])("refuses %s", (_what, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe("float", () => {
  const stream = random(1, "float");
  const values = draws(20_000, () => stream.float());

  it("is uniform in [0, 1)", () => {
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const counts = Array.from({ length: 20 }, () => 0);
    for (const value of values) counts[Math.floor(value * 20)]! += 1;
    expect(chiSquare(counts)).toBeLessThan(43.8); // 19 degrees of freedom, p = 0.001
  });

  it("uses all 53 bits", () => {
    expect(values.every((value) => Number.isInteger(value * 2 ** 53))).toBe(true);
    expect(values.some((value) => (value * 2 ** 53) % 2 === 1)).toBe(true);
  });
});

describe("integer", () => {
  it("gives every integer of the range equally often", () => {
    const stream = random(2, "integer");
    const counts = Array.from({ length: 7 }, () => 0);
    for (let i = 0; i < 14_000; i += 1) counts[stream.integer(-3, 4) + 3]! += 1;
    expect(chiSquare(counts)).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
  });

  it("has no bias where the range does not divide 2^32", () => {
    // Without rejection the lowest third of 3 * 2^30 would come up twice as often as the others.
    const stream = random(3, "integer");
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i += 1) counts[Math.floor(stream.integer(0, 3 * 2 ** 30) / 2 ** 30)]! += 1;
    expect(chiSquare(counts)).toBeLessThan(13.8); // 2 degrees of freedom, p = 0.001
  });

  it("takes the full range and the range of one", () => {
    const stream = random(4, "integer");
    expect(draws(100, () => stream.integer(0, 2 ** 32)).some((value) => value >= 2 ** 31)).toBe(true);
    expect(stream.integer(5, 6)).toBe(5);
  });

  it.each([
    [0, 0],
    [1, 0],
    [0, 2 ** 32 + 1],
    [0, 1.5],
    [Number.NaN, 1],
  ])("refuses %s to %s", (low, high) => {
    expect(() => random(1, "p").integer(low, high)).toThrow(RangeError);
  });
});

describe("normal", () => {
  it("has the moments of the standard normal distribution", () => {
    const stream = random(5, "normal");
    const values = draws(50_000, () => stream.normal());
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Within five standard errors: sqrt(1), sqrt(2), sqrt(15) and sqrt(96) over sqrt(50000).
    expect(Math.abs(moment(1))).toBeLessThan(0.0224);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.0317);
    expect(Math.abs(moment(3))).toBeLessThan(0.0867);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2192);
  });
});

describe("choice, shuffle and permutation", () => {
  it("chooses every element equally often", () => {
    const stream = random(6, "choice");
    const counts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 9000; i += 1) counts[stream.choice(["a", "b", "c"] as const)] += 1;
    expect(chiSquare(Object.values(counts))).toBeLessThan(13.8); // 2 degrees of freedom, p = 0.001
    expect(() => stream.choice([])).toThrow("choice: the array is empty");
  });

  it("gives every order equally often", () => {
    const stream = random(7, "permutation");
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i += 1) {
      const order = stream.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7); // 23 degrees of freedom, p = 0.001
  });

  it("shuffles in place and loses nothing", () => {
    const array = ["a", "b", "c", "d"];
    expect(random(8, "shuffle").shuffle(array)).toBe(array);
    expect([...array].sort()).toEqual(["a", "b", "c", "d"]);
    expect(random(8, "shuffle").permutation(0)).toEqual(new Int32Array(0));
  });
});
