import type { Rgb } from "../image.ts";
import type { Operation, OperationTable } from "./operation.ts";
import { rotate, shearX, shearY, translateX, translateY } from "./pillow/affine.ts";
import { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness } from "./pillow/enhance.ts";
import { autoContrast, equalize } from "./pillow/histogram.ts";
import { posterize, solarize } from "./pillow/point.ts";
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
  const enhancement = (apply: Operation["apply"]): Operation => ({
    draws: "sign",
    value: (level, sign) => linspace(level, bins, 0, 0.9) * sign,
    apply: (image, value, options) => apply(image, 1 + value, options),
  });
  return {
    Identity: { apply: (image) => image },
    ShearX: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 0.3) * sign, // range +-(0 .. 0.3)
      apply: (image, shear, { interpolation = "nearest", fill = BLACK }) => shearX(image, shear, interpolation, fill),
    },
    ShearY: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 0.3) * sign, // range +-(0 .. 0.3)
      apply: (image, shear, { interpolation = "nearest", fill = BLACK }) => shearY(image, shear, interpolation, fill),
    },
    TranslateX: {
      draws: "sign",
      // range +-(0 .. 0.453 width), to the right; the fraction is dropped
      value: (level, sign, { width }) => linspace(level, bins, 0, maxTranslation * width) * sign,
      apply: (image, shift, { interpolation = "nearest", fill = BLACK }) =>
        translateX(image, -Math.trunc(shift), interpolation, fill),
    },
    TranslateY: {
      draws: "sign",
      // range +-(0 .. 0.453 height), down; the fraction is dropped
      value: (level, sign, { height }) => linspace(level, bins, 0, maxTranslation * height) * sign,
      apply: (image, shift, { interpolation = "nearest", fill = BLACK }) =>
        translateY(image, -Math.trunc(shift), interpolation, fill),
    },
    Rotate: {
      draws: "sign",
      value: (level, sign) => linspace(level, bins, 0, 30) * sign, // range +-(0 .. 30) degrees
      apply: (image, angleDeg, { interpolation = "nearest", fill = BLACK }) =>
        rotate(image, angleDeg, interpolation, fill),
    },
    Brightness: enhancement(enhanceBrightness),
    Color: enhancement(enhanceColor),
    Contrast: enhancement(enhanceContrast),
    Sharpness: enhancement(enhanceSharpness),
    Posterize: {
      value: (level) => 8 - roundHalfEven(level / ((bins - 1) / 4)), // range 8 .. 4 bits
      apply: (image, bits) => posterize(image, Math.trunc(bits)),
    },
    Solarize: {
      value: (level) => linspace(level, bins, 255, 0), // range 255 .. 0
      apply: solarize,
    },
    AutoContrast: { apply: (image) => autoContrast(image) },
    Equalize: { apply: (image) => equalize(image) },
  };
}
