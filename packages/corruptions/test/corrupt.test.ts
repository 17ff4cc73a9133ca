import { describe, expect, it } from "vitest";
import {
  benchmarkCorruptions,
  corrupt,
  extraCorruptions,
  jpegCompression,
  severities,
  type CorruptionKind,
  type RgbImage,
} from "../src/index.ts";
import { distance, picture, streams } from "./pictures.ts";

const kinds: readonly CorruptionKind[] = [...benchmarkCorruptions, ...extraCorruptions];
const pictures = [1, 2, 3].map((seed) => picture(48, 48, seed));
const bare = (image: RgbImage, kind: CorruptionKind, severity: number, seed = 1, index = 0): RgbImage =>
  corrupt(image, { kind, severity, savedAsJpeg: null }, streams(seed, index));
const distances = (kind: CorruptionKind): number[] =>
  severities.map((severity) =>
    pictures.reduce((sum, image, i) => sum + distance(image, bare(image, kind, severity, 1, i)), 0),
  );

/** ImageNet-C's own parameters go back and forth here: glass's iterations, elastic's reach, saturation's two directions. */
const notRising: readonly CorruptionKind[] = [
  "glass_blur",
  "elastic_transform",
  "saturate",
  "spatter",
  "frost",
  "fog",
  "snow",
];
/** Of these the worst is yet further off than the mildest. */
const furtherAtLast = notRising.filter((kind) => kind !== "elastic_transform" && kind !== "fog");
/** What draws nothing: the same for every seed. */
const withoutDraws: readonly CorruptionKind[] = [
  "defocus_blur",
  "zoom_blur",
  "gaussian_blur",
  "brightness",
  "contrast",
  "saturate",
  "pixelate",
  "jpeg_compression",
];

const squareOnly: readonly CorruptionKind[] = ["zoom_blur", "snow", "elastic_transform"];
const squares = [64, 21, 3].map((side) => [side, side] as const);
const oblong = [
  [33, 20],
  [5, 9],
] as const;

describe("corrupt", () => {
  it("knows ImageNet-C's 15 corruptions and 4 more", () => {
    expect([benchmarkCorruptions.length, extraCorruptions.length, new Set(kinds).size]).toEqual([15, 4, 19]);
  });

  it.each(kinds.filter((kind) => !notRising.includes(kind)))("%s grows with the severity", (kind) => {
    const grown = distances(kind);
    expect(grown[0]).toBeGreaterThan(0);
    expect(grown).toEqual(grown.toSorted((a, b) => a - b));
    expect(new Set(grown).size).toBe(5);
  });

  it.each(notRising)("%s changes the image at every severity, each otherwise", (kind) => {
    const grown = distances(kind);
    expect(Math.min(...grown)).toBeGreaterThan(0.5);
    expect(new Set(grown).size).toBe(5);
  });

  it.each(furtherAtLast)("%s is further off at severity 5 than at 1", (kind) => {
    const grown = distances(kind);
    expect(grown[4]).toBeGreaterThan(grown[0]!);
  });

  it.each(kinds)("%s: the same seed gives the same bytes, another image's stream and seed others", (kind) => {
    const image = pictures[0]!;
    const before = image.data.slice();
    const first = bare(image, kind, 4);
    expect(bare(image, kind, 4)).toEqual(first);
    expect(image.data).toEqual(before);
    const others = [bare(image, kind, 4, 2), bare(image, kind, 4, 1, 1)];
    const same = withoutDraws.includes(kind);
    expect(others.map(({ data }) => Buffer.compare(data, first.data) === 0)).toEqual([same, same]);
  });

  it.each(kinds.filter((kind) => !squareOnly.includes(kind)))("%s: images of any size keep it", (kind) => {
    for (const [width, height] of [...squares, ...oblong]) {
      for (const severity of [1, 3, 5]) {
        const out = corrupt(picture(width, height), { kind, severity }, streams(1));
        expect([out.width, out.height, out.data.length]).toEqual([width, height, width * height * 3]);
      }
    }
  });

  it.each(squareOnly)("%s: square images of any size keep it, others are refused", (kind) => {
    for (const [width, height] of squares) {
      for (const severity of [1, 3, 5]) {
        const out = corrupt(picture(width, height), { kind, severity }, streams(1));
        expect([out.width, out.height, out.data.length]).toEqual([width, height, width * height * 3]);
      }
    }
    for (const [width, height] of oblong) {
      const run = (): RgbImage => corrupt(picture(width, height), { kind, severity: 1 }, streams(1));
      expect(run).toThrow(`${kind}: the image must be square, got ${width} x ${height}`);
    }
  });

  it("saves as a JPEG of quality 85 as ImageNet-C does, of another, or not", () => {
    const image = pictures[0]!;
    const noisy = bare(image, "gaussian_noise", 3);
    const saved = (savedAsJpeg?: number): RgbImage =>
      corrupt(image, { kind: "gaussian_noise", severity: 3, ...(savedAsJpeg && { savedAsJpeg }) }, streams(1));
    expect(saved()).toEqual(jpegCompression(noisy, { quality: 85 }));
    expect(saved(30)).toEqual(jpegCompression(noisy, { quality: 30 }));
    expect(saved()).not.toEqual(noisy);
  });

  it("refuses what there is not, by name", () => {
    const image = pictures[0]!;
    const run = (corruption: object) => () => corrupt(image, corruption as never, streams(1));
    expect(run({ kind: "rain", severity: 1 })).toThrow(/there is no kind "rain"; there is gaussian_noise, .*saturate/);
    expect(run({ kind: "toString", severity: 1 })).toThrow('there is no kind "toString"');
    for (const severity of [0, 6, 2.5]) {
      expect(run({ kind: "fog", severity })).toThrow(
        `corruption fog: the severity must be 1, 2, 3, 4 or 5, got ${severity}`,
      );
    }
    expect(run({ kind: "fog", severity: 1, savedAsJpeg: 0 })).toThrow("quality must be an integer of 1 to 100, got 0");
  });
});
