import { random } from "@fledge/random";
import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { keepMask } from "../src/index.ts";
import { keepMaskReference } from "../src/reference.ts";

const gpu = await openTestGpu();
const keysOf = (count: number) => Uint32Array.from({ length: count }, (_, n) => random(5, "keys", n).uint32());

describe("known answers", () => {
  // Four draws of key 0, layer 0 and of key 1, layer 2: Philox4x32-10 with keys (0, 0x0df8566b) and (1, 0x0df8566b) of
  // counters (0, 0, 0, 0) and (0, 2, 0, 0), computed in Python's integers by code that gives the known answers of Random123.
  const draws = [
    { key: 0, layer: 0, words: [0xd2990460, 0x0aea7cd2, 0xe7fe8d8c, 0x5a288b14] },
    { key: 1, layer: 2, words: [0x57a26000, 0xd5eb094c, 0xc1bd54fb, 0xf70ef3bf] },
  ];
  for (const { id } of keepMask.rungs) {
    for (const { key, layer, words } of draws) {
      it(`${id}: key ${key}, layer ${layer}`, async () => {
        for (const [c, word] of words.entries()) {
          // The largest rate that keeps the draw, and the smallest above it.
          for (const [rate, kept] of [
            [(word >>> 8) / 2 ** 24, 1],
            [((word >>> 8) + 1) / 2 ** 24, 0],
          ] as const) {
            const shape = { N: 1, C: 4, rate, layer };
            const { keep } = await runKernel(gpu, keepMask, shape, { keys: Uint32Array.of(key) }, { rung: id });
            expect(keep[c], `draw ${c} at rate ${rate}`).toBe(kept);
            expect(keepMaskReference(shape, [key])[c]).toBe(kept);
          }
        }
      });
    }
  }
});

describe("draws", () => {
  const [N, C] = [64, 1024];
  const masksOf = (layer: number, rate: number, keys = keysOf(N)) => keepMaskReference({ N, C, rate, layer }, keys);
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

  it.each([0.1, 0.5, 0.8])("keep the share 1 - %f, over all and in every example and place", (rate) => {
    const keep = masksOf(0, rate);
    // Five standard deviations of a mean of n decisions; the seed is fixed.
    const bound = (n: number) => 5 * Math.sqrt((rate * (1 - rate)) / n);
    expect(Math.abs(mean(keep) - (1 - rate))).toBeLessThan(bound(N * C));
    for (let n = 0; n < N; n++)
      expect(Math.abs(mean(keep.subarray(n * C, (n + 1) * C)) - (1 - rate))).toBeLessThan(bound(C));
    for (let c = 0; c < C; c++) {
      const column = Float64Array.from({ length: N }, (_, n) => keep[n * C + c]);
      expect(Math.abs(mean(column) - (1 - rate))).toBeLessThan(bound(N));
    }
  });

  it("do not hang together: neighbouring elements, examples, layers and keys", () => {
    const keep = masksOf(0, 0.5);
    const signs = (values: Float64Array) => values.map((value) => 2 * value - 1);
    const correlation = (a: Float64Array, b: Float64Array) => mean(signs(a).map((sign, i) => sign * (2 * b[i] - 1)));
    const nearKeys = Uint32Array.from({ length: N }, (_, n) => n);
    const pairs: readonly (readonly [string, Float64Array, Float64Array])[] = [
      ["elements", keep.subarray(1), keep.subarray(0, -1)],
      ["elements a block apart", keep.subarray(4), keep.subarray(0, -4)],
      ["examples", keep.subarray(C), keep.subarray(0, -C)],
      ["layers", masksOf(1, 0.5), keep],
      ["keys that are neighbours", masksOf(0, 0.5, nearKeys).subarray(C), masksOf(0, 0.5, nearKeys).subarray(0, -C)],
    ];
    for (const [name, a, b] of pairs) expect(Math.abs(correlation(a, b)), name).toBeLessThan(5 / Math.sqrt(a.length));
  });

  it("of an example do not depend on the others, and a lower rate drops a part of what a higher one drops", async () => {
    const shape = { N: 5, C: 37, rate: 0.4, layer: 7 };
    const keys = keysOf(5);
    const whole = (await runKernel(gpu, keepMask, shape, { keys })).keep;
    for (let n = 0; n < 5; n++) {
      const alone = await runKernel(gpu, keepMask, { ...shape, N: 1 }, { keys: keys.slice(n, n + 1) });
      expect(alone.keep).toEqual(whole.slice(n * 37, (n + 1) * 37));
    }
    const lower = (await runKernel(gpu, keepMask, { ...shape, rate: 0.2 }, { keys })).keep;
    expect(Array.from(whole).every((kept, i) => kept <= lower[i])).toBe(true);
    expect(lower).not.toEqual(whole);
  });
});
