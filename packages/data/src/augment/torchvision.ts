import type { Rgb } from "../image.ts";
import type { Operation, OperationTable } from "./operation.ts";
import * as pixels from "./pixel-operations.ts";
import { roundHalfEven } from "../transforms/rounding.ts";

const BLACK: Rgb = [0, 0, 0];

/** torch.linspace(first, last, bins)[level] in float32: counted from the nearer end, product and sum rounded once. */
function linspace(level: number, bins: number, first: number, last: number): number {
  const [start, end] = [Math.fround(first), Math.fround(last)];
  const step = Math.fround(Math.fround(end - start) / (bins - 1));
  return Math.fround(level < Math.floor(bins / 2) ? start + step * level : end - step * (bins - 1 - level));
}

/**
 * The 14 operations of torchvision 0.14's RandAugment on Pillow images, in its order, on a scale of `bins` levels.
 * `maxTranslation` is the greatest shift as a share of the side; torchvision's is 150 / 331.
 */
export function torchvisionOperations(bins = 31, maxTranslation = 150 / 331): OperationTable {
  /** range 1 +- (0 .. 0.9): the factor of ImageEnhance. */
  const enhancement = (does: Operation["does"]): Operation => ({
    draws: "sign",
    value: (level, sign) => linspace(level, bins, 0, 0.9) * sign,
    does: (value, options, image) => does(1 + value, options, image),
  });
  return {
    Identity: { does: () => pixels.identity },
    ShearX: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 0.3) * sign, // range +-(0 .. 0.3)
      does: (shear, { interpolation = "nearest", fill = BLACK }) => pixels.shearX(shear, interpolation, fill),
    },
    ShearY: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 0.3) * sign, // range +-(0 .. 0.3)
      does: (shear, { interpolation = "nearest", fill = BLACK }) => pixels.shearY(shear, interpolation, fill),
    },
    TranslateX: {
      draws: "sign",
      // range +-(0 .. 0.453 width), to the right; the fraction is dropped
      value: (level, sign, { width }) => linspace(level, bins, 0, maxTranslation * width) * sign,
      does: (shift, { interpolation = "nearest", fill = BLACK }) =>
        pixels.translateX(-Math.trunc(shift), interpolation, fill),
    },
    TranslateY: {
      draws: "sign",
      // range +-(0 .. 0.453 height), down; the fraction is dropped
      value: (level, sign, { height }) => linspace(level, bins, 0, maxTranslation * height) * sign,
      does: (shift, { interpolation = "nearest", fill = BLACK }) =>
        pixels.translateY(-Math.trunc(shift), interpolation, fill),
    },
    Rotate: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 30) * sign, // range +-(0 .. 30) degrees
      does: (angleDeg, { interpolation = "nearest", fill = BLACK }, image) =>
        pixels.rotate(image, angleDeg, interpolation, fill),
    },
    Brightness: enhancement(pixels.brightness),
    Color: enhancement(pixels.color),
    Contrast: enhancement(pixels.contrast),
    Sharpness: enhancement(pixels.sharpness),
    Posterize: {
      value: (level) => 8 - roundHalfEven(level / ((bins - 1) / 4)), // range 8 .. 4 bits
      does: (bits) => pixels.posterize(Math.trunc(bits)),
    },
    Solarize: {
      value: (level) => linspace(level, bins, 255, 0), // range 255 .. 0
      does: pixels.solarize,
    },
    AutoContrast: { does: () => pixels.autoContrast },
    Equalize: { does: () => pixels.equalize },
  };
}
