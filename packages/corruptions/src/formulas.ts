import type { Random } from "@fledge/random";
import { defocusBlur } from "./blur/defocus-blur.ts";
import { gaussianBlur } from "./blur/gaussian-blur.ts";
import { glassBlur, glassOffsets } from "./blur/glass-blur.ts";
import { motionBlur } from "./blur/motion-blur.ts";
import { zoomBlur } from "./blur/zoom-blur.ts";
import { brightness, contrast, saturate } from "./colour/colour.ts";
import { elasticField } from "./digital/elastic-field.ts";
import { elasticCorners, elasticTransform, type Point } from "./digital/elastic-transform.ts";
import { jpegCompression } from "./digital/jpeg/jpeg-compression.ts";
import { pixelate } from "./digital/pixelate.ts";
import { drawIntegers, drawNormals, drawUniform, drawUniforms } from "./draw/arrays.ts";
import { drawFrost } from "./draw/frost-texture.ts";
import { drawPlasma } from "./draw/plasma.ts";
import { drawCounts } from "./draw/poisson.ts";
import type { CorruptionKind } from "./kinds.ts";
import { gaussianNoise, impulseNoise, shotNoise, speckleNoise } from "./noise/noise.ts";
import type { RgbImage } from "./raster/raster.ts";
import { fog } from "./weather/fog.ts";
import { frost } from "./weather/frost.ts";
import { snow } from "./weather/snow.ts";
import { mudSpatter, waterSpatter } from "./weather/spatter.ts";

/** What a corruption does at one severity: draws its arrays and applies its formula. */
export type Formula = (image: RgbImage, random: Random) => RgbImage;

const pixels = ({ width, height }: RgbImage): number => width * height;

/** The elastic transform's reach of 244 * share pixels is that of 224 pixels. */
const elastic =
  (amplitude: number, smoothness: number, share: number): Formula =>
  (image, random) => {
    const pointsFrom = elasticCorners(image);
    const reach = (244 * share * image.width) / 224;
    const moved = ([x, y]: Point): Point => [
      x + drawUniform(random, -reach, reach),
      y + drawUniform(random, -reach, reach),
    ];
    const pointsTo = [moved(pointsFrom[0]), moved(pointsFrom[1]), moved(pointsFrom[2])] as const;
    const field = (): Float32Array =>
      elasticField(
        image,
        { alpha: 244 * amplitude, sigma: 244 * smoothness },
        drawUniforms(random, pixels(image), -1, 1),
      );
    return elasticTransform(image, { pointsFrom, pointsTo, fieldX: field(), fieldY: field() });
  };

/** numpy's arange(1, end, step), whose rounding the published code lets pass the end by one factor. */
const factorsFrom1 = (count: number, step: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => 1 + i * step);

/** Per severity 1 to 5, the parameters of ImageNet-C's make_imagenet_c.py, which are meant for 224 pixels. */
export const formulas: Readonly<Record<CorruptionKind, readonly Formula[]>> = {
  gaussian_noise: [0.08, 0.12, 0.18, 0.26, 0.38].map(
    (scale) => (image, random) => gaussianNoise(image, { scale }, drawNormals(random, image.data.length)),
  ),
  shot_noise: [60, 25, 12, 5, 3].map(
    (photons) => (image, random) => shotNoise(image, { photons }, drawCounts(random, image.data, photons)),
  ),
  impulse_noise: [0.03, 0.06, 0.09, 0.17, 0.27].map((amount) => (image, random) => {
    const uniform = drawUniforms(random, image.data.length, 0, 1);
    return impulseNoise(image, { amount }, { uniform, salt: drawIntegers(random, image.data.length, 2) });
  }),
  speckle_noise: [0.15, 0.2, 0.35, 0.45, 0.6].map(
    (scale) => (image, random) => speckleNoise(image, { scale }, drawNormals(random, image.data.length)),
  ),
  gaussian_blur: [1, 2, 3, 4, 6].map((sigma) => (image) => gaussianBlur(image, { sigma })),
  defocus_blur: (
    [
      [3, 0.1],
      [4, 0.5],
      [6, 0.5],
      [8, 0.5],
      [10, 0.5],
    ] as const
  ).map(
    ([radius, aliasBlur]) =>
      (image) =>
        defocusBlur(image, { radius, aliasBlur }),
  ),
  glass_blur: (
    [
      [0.7, 1, 2],
      [0.9, 2, 1],
      [1, 2, 3],
      [1.1, 3, 2],
      [1.5, 4, 2],
    ] as const
  ).map(([sigma, maxDelta, iterations]) => (image, random) => {
    const parameters = { sigma, maxDelta, iterations };
    return glassBlur(image, parameters, drawIntegers(random, glassOffsets(image, parameters), 2 * maxDelta));
  }),
  motion_blur: (
    [
      [10, 3],
      [15, 5],
      [15, 8],
      [15, 12],
      [20, 15],
    ] as const
  ).map(
    ([radius, sigma]) =>
      (image, random) =>
        motionBlur(image, { radius, sigma, angleDeg: drawUniform(random, -45, 45) }),
  ),
  zoom_blur: (
    [
      [12, 0.01],
      [16, 0.01],
      [11, 0.02],
      [13, 0.02],
      [11, 0.03],
    ] as const
  ).map(
    ([count, step]) =>
      (image) =>
        zoomBlur(image, { factors: factorsFrom1(count, step) }),
  ),
  snow: (
    [
      [0.1, 0.3, 3, 0.5, 10, 4, 0.8],
      [0.2, 0.3, 2, 0.5, 12, 4, 0.7],
      [0.55, 0.3, 4, 0.9, 12, 8, 0.7],
      [0.55, 0.3, 4.5, 0.85, 12, 8, 0.65],
      [0.55, 0.3, 2.5, 0.85, 12, 12, 0.55],
    ] as const
  ).map(([mean, std, zoom, threshold, radius, sigma, blend]) => (image, random) => {
    const normal = drawNormals(random, pixels(image));
    const angleDeg = drawUniform(random, -135, -45);
    return snow(image, { mean, std, zoom, threshold, radius, sigma, blend }, { normal, angleDeg });
  }),
  frost: (
    [
      [1, 0.4],
      [0.8, 0.6],
      [0.7, 0.7],
      [0.65, 0.7],
      [0.6, 0.75],
    ] as const
  ).map(
    ([own, ice]) =>
      (image, random) =>
        frost(image, { image: own, frost: ice }, drawFrost(random, image.width, image.height)),
  ),
  fog: (
    [
      [1.5, 2],
      [2, 2],
      [2.5, 1.7],
      [2.5, 1.5],
      [3, 1.4],
    ] as const
  ).map(
    ([strength, wibbleDecay]) =>
      (image, random) =>
        fog(image, { strength }, drawPlasma(random, image.width, image.height, wibbleDecay)),
  ),
  spatter: [
    ...(
      [
        [0.65, 0.3, 4, 0.69, 0.6],
        [0.65, 0.3, 3, 0.68, 0.6],
        [0.65, 0.3, 2, 0.68, 0.5],
      ] as const
    ).map(
      ([mean, std, sigma, threshold, strength]): Formula =>
        (image, random) =>
          waterSpatter(image, { mean, std, sigma, threshold, strength }, drawNormals(random, pixels(image))),
    ),
    ...(
      [
        [0.65, 0.3, 1, 0.65, 1.5],
        [0.67, 0.4, 1, 0.65, 1.5],
      ] as const
    ).map(
      ([mean, std, sigma, threshold, mudSigma]): Formula =>
        (image, random) =>
          mudSpatter(image, { mean, std, sigma, threshold, mudSigma }, drawNormals(random, pixels(image))),
    ),
  ],
  brightness: [0.1, 0.2, 0.3, 0.4, 0.5].map((add) => (image) => brightness(image, { add })),
  contrast: [0.4, 0.3, 0.2, 0.1, 0.05].map((factor) => (image) => contrast(image, { factor })),
  saturate: (
    [
      [0.3, 0],
      [0.1, 0],
      [2, 0],
      [5, 0.1],
      [20, 0.2],
    ] as const
  ).map(
    ([factor, add]) =>
      (image) =>
        saturate(image, { factor, add }),
  ),
  elastic_transform: [
    elastic(2, 0.7, 0.1),
    elastic(2, 0.08, 0.2),
    elastic(0.05, 0.01, 0.02),
    elastic(0.07, 0.01, 0.02),
    elastic(0.12, 0.01, 0.02),
  ],
  pixelate: [0.6, 0.5, 0.4, 0.3, 0.25].map((factor) => (image) => pixelate(image, { factor })),
  jpeg_compression: [25, 18, 15, 10, 7].map((quality) => (image) => jpegCompression(image, { quality })),
};
