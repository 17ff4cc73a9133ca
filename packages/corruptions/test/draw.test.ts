import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { drawNormals } from "../src/draw/arrays.ts";
import { drawFrost } from "../src/draw/frost-texture.ts";
import { drawPlasma } from "../src/draw/plasma.ts";
import { drawCounts } from "../src/draw/poisson.ts";

const moments = (values: ArrayLike<number>) => {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, variance };
};

describe("draws", () => {
  it("normals have mean 0 and variance 1, an odd number of them too", () => {
    const { mean, variance } = moments(drawNormals(random(1, "normals"), 40_001));
    expect(Math.abs(mean)).toBeLessThan(0.02); // 4 standard errors
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it.each([0, 3, 51, 255])("counts of byte %i have the rate as mean and variance", (byte) => {
    for (const photons of [3, 60, 300]) {
      const rate = (byte / 255) * photons;
      const counts = drawCounts(random(1, "counts"), new Uint8Array(20_000).fill(byte), photons);
      const { mean, variance } = moments(counts);
      expect(Math.abs(mean - rate)).toBeLessThanOrEqual(4 * Math.sqrt(rate / 20_000));
      expect(Math.abs(variance - rate)).toBeLessThanOrEqual(0.06 * rate + 4 * Math.sqrt(rate / 20_000));
    }
  });

  it("counts are Poisson's: the share of zeros is exp(-rate)", () => {
    const counts = drawCounts(random(2, "counts"), new Uint8Array(20_000).fill(85), 3); // rate 1
    const zeros = counts.filter((count) => count === 0).length / counts.length;
    expect(Math.abs(zeros - Math.exp(-1))).toBeLessThan(0.014);
  });

  it("a plasma map covers images of any shape", () => {
    for (const [width, height] of [
      [1, 1],
      [5, 9],
      [64, 3],
    ] as const) {
      const map = drawPlasma(random(1, "plasma"), width, height, 2);
      expect(map).toHaveLength(width * height);
      expect(map.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it("frost is bright, uneven and a little blue", () => {
    const texture = drawFrost(random(1, "frost"), 64, 48);
    expect(texture).toHaveLength(64 * 48 * 3);
    const channel = (c: number) => moments(texture.filter((_, i) => i % 3 === c));
    expect(channel(2).mean).toBeGreaterThan(channel(0).mean);
    expect(channel(1).mean).toBeGreaterThan(60);
    expect(channel(1).mean).toBeLessThan(200);
    expect(channel(1).variance).toBeGreaterThan(20 ** 2);
  });
});
