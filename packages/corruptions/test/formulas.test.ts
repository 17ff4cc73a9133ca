import { describe, expect, it } from "vitest";
import {
  brightness,
  contrast,
  defocusBlur,
  elasticField,
  elasticTransform,
  fog,
  frost,
  gaussianBlur,
  gaussianNoise,
  glassBlur,
  impulseNoise,
  jpegCompression,
  motionBlur,
  mudSpatter,
  pixelate,
  plasmaMap,
  saturate,
  shotNoise,
  snow,
  speckleNoise,
  waterSpatter,
  zoomBlur,
  type RgbImage,
} from "../src/index.ts";
import { elasticCorners } from "../src/digital/elastic-transform.ts";
import { picture } from "./pictures.ts";

const flat = (width: number, height: number, byte: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(byte),
});
const bytes = ({ data }: RgbImage): number[] => [...data];
const pixel: RgbImage = { width: 1, height: 1, data: Uint8Array.of(51, 102, 255) }; // 0.2, 0.4, 1

describe("noise", () => {
  it("is added, clamped and truncated", () => {
    expect(bytes(gaussianNoise(pixel, { scale: 0.1 }, [1, -9, 3]))).toEqual([76, 0, 255]); // 0.3 * 255 = 76.5
    expect(bytes(speckleNoise(pixel, { scale: 0.5 }, [1, -1, -0.5]))).toEqual([76, 51, 191]); // 0.75 * 255 = 191.25
    expect(bytes(shotNoise(pixel, { photons: 60 }, [12, 25, 61]))).toEqual([51, 106, 255]);
    const salt = { uniform: [0.02, 0.03, 0.01], salt: [1, 1, 0] };
    expect(bytes(impulseNoise(pixel, { amount: 0.03 }, salt))).toEqual([255, 102, 0]);
  });

  it("wants an array of the image's size", () => {
    expect(() => gaussianNoise(pixel, { scale: 1 }, [0])).toThrow("gaussian_noise: normal must have 3 elements, got 1");
    expect(() => shotNoise(pixel, { photons: 1 }, [0])).toThrow("shot_noise: counts must have 3");
    expect(() => impulseNoise(pixel, { amount: 1 }, { uniform: [0, 0, 0], salt: [] })).toThrow("salt must have 3");
  });
});

describe("blurs", () => {
  it.each([
    ["gaussian", (image: RgbImage) => gaussianBlur(image, { sigma: 2 })],
    ["defocus", (image: RgbImage) => defocusBlur(image, { radius: 6, aliasBlur: 0.5 })],
    ["motion", (image: RgbImage) => motionBlur(image, { radius: 10, sigma: 3, angleDeg: 30 })],
    ["zoom", (image: RgbImage) => zoomBlur(image, { factors: [1, 1.2] })],
  ])("%s: a flat image stays, but for a truncation, at every size", (_, blur) => {
    for (const side of [1, 2, 5, 17]) {
      const out = blur(flat(side, side, 100));
      expect(out).toMatchObject({ width: side, height: side });
      expect(out.data.every((byte) => byte === 100 || byte === 99)).toBe(true);
    }
  });

  it("motion goes one way: what is behind an edge stays sharp", () => {
    const image = flat(16, 1, 0);
    image.data.fill(255, 8 * 3);
    const red = [...motionBlur(image, { radius: 3, sigma: 2, angleDeg: 0 }).data].filter((_, i) => i % 3 === 0);
    expect(red.slice(8)).toEqual([...new Float64Array(8).fill(255)]); // taps lie to the right
    expect(red.slice(2, 8).every((byte, i, all) => i === 0 || byte > all[i - 1]!)).toBe(true);
    expect(red[1]).toBe(0);
  });

  it("glass copies pixels in place, from the last backwards", () => {
    // With sigma so small that the Gaussians have one tap only the copies are left.
    const image = picture(5, 5);
    const parameters = { sigma: 0.1, maxDelta: 1, iterations: 1 };
    const offsets = new Float64Array(3 * 3 * 2).fill(0); // every pixel from its upper left neighbour
    const out = glassBlur(image, parameters, offsets).data;
    const at = (row: number, column: number): number => (row * 5 + column) * 3;
    // From row 4 down to 2 and column 4 down to 2, each reads what no copy has reached yet.
    for (const row of [2, 3, 4]) {
      for (const column of [2, 3, 4]) {
        const from = at(row - 1, column - 1);
        const truncated = image.data.subarray(from, from + 3);
        for (const channel of [0, 1, 2])
          expect(Math.abs(out[at(row, column) + channel]! - truncated[channel]!)).toBeLessThanOrEqual(2); // two truncations
      }
    }
    expect(() => glassBlur(image, parameters, [])).toThrow("glass_blur: offsets must have 18 elements, got 0");
    expect(glassBlur(flat(2, 9, 7), { sigma: 1, maxDelta: 1, iterations: 2 }, [])).toMatchObject({ width: 2 });
  });

  it("zoom refuses what is not square", () => {
    expect(() => zoomBlur(flat(3, 4, 0), { factors: [1] })).toThrow(/zoom_blur: the image must be square, got 3 x 4/);
  });
});

describe("weather", () => {
  it("fog lightens by the plasma and keeps the greatest value", () => {
    // M = 1: (0.2 + 1) / 2, (0.4 + 1) / 2, (1 + 1) / 2
    expect(bytes(fog(pixel, { strength: 1 }, [1]))).toEqual([153, 178, 255]);
    expect(bytes(fog(flat(1, 1, 0), { strength: 1 }, [1]))).toEqual([0, 0, 0]);
  });

  it("frost is laid over, truncated", () => {
    expect(bytes(frost(pixel, { image: 0.65, frost: 0.7 }, [10, 100, 255]))).toEqual([40, 136, 255]);
    expect(() => frost(pixel, { image: 1, frost: 1 }, [1])).toThrow("frost: texture must have 3");
  });

  it("snow whitens where no flake falls, and falls twice", () => {
    const image = flat(8, 8, 51);
    const parameters = { mean: 0, std: 1, zoom: 1, threshold: 0.5, radius: 1, sigma: 0.01, blend: 0.8 };
    const quiet = snow(image, parameters, { normal: new Float64Array(64).fill(0), angleDeg: -90 });
    expect(quiet.data.every((byte) => byte === 81)).toBe(true); // 0.8 * 0.2 + 0.2 * (0.2 * 1.5 + 0.5) = 0.32
    const normal = new Float64Array(64).fill(0);
    normal[10] = 1;
    const one = snow(image, parameters, { normal, angleDeg: -90 });
    const white = [...one.data].flatMap((byte, i) => (i % 3 === 0 && byte === 255 ? [i / 3] : []));
    expect(white).toEqual([10, 53]); // itself and turned by 180 degrees
  });

  it("mud covers, water lights up the edges of its drops only", () => {
    const image = flat(40, 40, 120);
    const shape = { mean: 0.3, std: 1, sigma: 1, threshold: 0.6 };
    const normal = Array.from({ length: 1600 }, (_, i) =>
      Math.hypot((i % 40) - 20, Math.floor(i / 40) - 20) < 9 ? 1 : 0,
    );
    const muddy = mudSpatter(image, { ...shape, mudSigma: 1 }, normal);
    expect([...muddy.data.subarray((20 * 40 + 20) * 3).subarray(0, 3)]).toEqual([63, 42, 20]);
    expect([...muddy.data.subarray(0, 3)]).toEqual([120, 120, 120]);
    const wet = waterSpatter(image, { ...shape, strength: 0.6 }, normal).data;
    expect(wet.every((byte) => byte >= 120)).toBe(true);
    const lit = [...wet].flatMap((byte, i) => (byte > 120 ? [Math.floor(i / 3)] : []));
    expect(lit.length).toBeGreaterThan(20);
    expect(lit.every((i) => Math.hypot((i % 40) - 20, Math.floor(i / 40) - 20) < 12)).toBe(true);
    const dry = waterSpatter(image, { ...shape, strength: 0.6 }, new Float64Array(1600).fill(0));
    expect(dry).toEqual(image);
  });

  it("a plasma map spans 0..1, wraps around, and is smoother where roughness falls faster", () => {
    const uniform = Array.from({ length: 1023 }, (_, i) => Math.sin(i * 12.9898));
    const roughness = (wibbleDecay: number): number => {
      const map = plasmaMap({ size: 32, wibbleDecay }, uniform);
      expect([Math.min(...map), Math.max(...map)]).toEqual([0, 1]);
      let steps = 0;
      for (let i = 0; i < 1024; i += 1) steps += Math.abs(map[i]! - map[i - (i % 32) + ((i + 1) % 32)]!);
      return steps;
    };
    expect(roughness(3)).toBeLessThan(roughness(1.4));
    expect(() => plasmaMap({ size: 24, wibbleDecay: 2 }, [])).toThrow("plasma_map: the size must be a power of two");
    expect(() => plasmaMap({ size: 4, wibbleDecay: 2 }, [0])).toThrow("plasma_map: uniform must have 15 elements");
  });
});

describe("colour", () => {
  it("brightness and saturation are those of HSV", () => {
    expect(bytes(brightness({ width: 1, height: 1, data: Uint8Array.of(0, 51, 102) }, { add: 0.2 }))).toEqual([
      0, 76, 153,
    ]);
    expect(bytes(brightness(pixel, { add: -2 }))).toEqual([0, 0, 0]);
    expect(bytes(saturate(pixel, { factor: 0, add: 0 }))).toEqual([255, 255, 255]);
    expect(bytes(saturate(flat(1, 1, 80), { factor: 5, add: 0 }))).toEqual([80, 80, 80]);
  });

  it("contrast keeps each channel's mean", () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(0, 100, 10, 200, 100, 20) };
    expect(bytes(contrast(image, { factor: 0.5 }))).toEqual([50, 100, 12, 150, 100, 17]);
  });
});

describe("digital", () => {
  it("pixelate makes blocks, and leaves a tiny image one of a pixel", () => {
    const out = pixelate(picture(8, 8), { factor: 0.25 });
    const block = (row: number, column: number): number[] => [
      ...out.data.subarray((row * 8 + column) * 3).subarray(0, 3),
    ];
    expect(block(0, 0)).toEqual(block(3, 3));
    expect(block(4, 4)).toEqual(block(7, 7));
    expect(pixelate(picture(3, 2), { factor: 0.25 })).toMatchObject({ width: 3, height: 2 });
  });

  it("elastic: no field and points that stay leave the image", () => {
    const image = picture(12, 12);
    const corners = elasticCorners(image);
    const still = new Float32Array(144);
    const parameters = { pointsFrom: corners, pointsTo: corners, fieldX: still, fieldY: still };
    // The affine map's coefficients are rounded, so a value may truncate to one less.
    const out = elasticTransform(image, parameters);
    expect(out.data.every((byte, i) => Math.abs(byte - image.data[i]!) <= 1)).toBe(true);
    const right = elasticTransform(image, { ...parameters, fieldX: new Float32Array(144).fill(1) });
    expect(Math.abs(right.data[3 * 12 * 3]! - image.data[(3 * 12 + 1) * 3]!)).toBeLessThanOrEqual(1);
    const onLine = [corners[0], corners[0], corners[1]] as const;
    expect(() => elasticTransform(image, { ...parameters, pointsTo: onLine })).toThrow("lie on a line");
    expect(() => elasticTransform(picture(3, 4), parameters)).toThrow("elastic_transform: the image must be square");
  });

  it("elastic: a field of equal draws is alpha everywhere, however far the Gaussian reaches", () => {
    const field = elasticField({ width: 5, height: 3 }, { alpha: 7, sigma: 30 }, new Float64Array(15).fill(1));
    for (const value of field) expect(value).toBeCloseTo(7, 5);
  });

  it("jpeg: grey of a level stays, qualities are checked, and more quality is closer", () => {
    expect(jpegCompression(flat(9, 5, 128), { quality: 10 })).toEqual(flat(9, 5, 128));
    const image = picture(33, 21);
    const loss = (quality: number): number =>
      jpegCompression(image, { quality }).data.reduce((sum, byte, i) => sum + Math.abs(byte - image.data[i]!), 0);
    const losses = [5, 20, 49, 50, 80, 95].map(loss);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    for (const quality of [0, 101, 50.5, NaN]) {
      expect(() => jpegCompression(image, { quality })).toThrow(`must be an integer of 1 to 100, got ${quality}`);
    }
    expect(() => jpegCompression({ ...image, width: 1 }, { quality: 50 })).toThrow(
      "an RGB image of 1 x 21 has 63 bytes",
    );
  });
});
