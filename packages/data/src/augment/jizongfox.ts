import type { Rgb } from "../image.ts";
import type { Operation, OperationTable } from "./operation.ts";
import * as pixels from "./pixel-operations.ts";

/** The package's scale is 0 .. 9; it draws 1 .. 9. */
export const JIZONGFOX_MAX_LEVEL = 9;

const GREY: Rgb = [128, 128, 128];
const CUTOUT_COLOUR: Rgb = [125, 122, 113];

/** numpy.linspace(first, last, 10)[level]. */
function magnitude(level: number, first: number, last: number): number {
  if (level === JIZONGFOX_MAX_LEVEL) return last;
  return level * ((last - first) / JIZONGFOX_MAX_LEVEL) + first;
}

/** range 1 +- (0 .. 0.9): the factor of ImageEnhance. */
function enhancement(does: Operation["does"]): Operation {
  return { draws: "sign", value: (level, sign) => 1 + magnitude(level, 0, 0.9) * sign, does };
}

/**
 * The 15 operations of the package `randaugment` 1.0.2 (jizongFox/pytorch-randaugment), which the paper used, in its
 * order. `maxTranslation` is the greatest shift as a share of the side; the package's is 150 / 331.
 */
export function jizongfoxOperations(maxTranslation = 150 / 331): OperationTable {
  return {
    Invert: { does: () => pixels.invert },
    Cutout: {
      draws: "centre pixel",
      value: (level) => Math.round(magnitude(level, 0, 20)), // range 0 .. 20 pixels
      does: (size, { centre }) => pixels.cutout(size, centre, CUTOUT_COLOUR),
    },
    Sharpness: enhancement(pixels.sharpness),
    AutoContrast: { does: () => pixels.autoContrast },
    Posterize: {
      value: (level) => Math.round(magnitude(level, 8, 4)), // range 8 .. 4 bits
      does: pixels.posterize,
    },
    ShearX: {
      draws: "sign",
      value: (level, sign) => magnitude(level, 0, 0.3) * sign, // range +-(0 .. 0.3)
      does: (shear, { fill = GREY }) => pixels.shearX(shear, "bicubic", fill),
    },
    TranslateX: {
      draws: "sign",
      value: (level, sign, { width }) => magnitude(level, 0, maxTranslation) * width * sign, // range +-(0 .. 0.453 w)
      does: (offset, { fill = GREY }) => pixels.translateX(offset, "nearest", fill),
    },
    TranslateY: {
      draws: "sign",
      value: (level, sign, { height }) => magnitude(level, 0, maxTranslation) * height * sign, // range +-(0 .. 0.453 h)
      does: (offset, { fill = GREY }) => pixels.translateY(offset, "nearest", fill),
    },
    ShearY: {
      draws: "sign",
      value: (level, sign) => magnitude(level, 0, 0.3) * sign, // range +-(0 .. 0.3)
      does: (shear, { fill = GREY }) => pixels.shearY(shear, "bicubic", fill),
    },
    Rotate: {
      value: (level) => magnitude(level, 0, 30), // range 0 .. 30 degrees, counter-clockwise only
      does: (angleDeg, { fill = GREY }, image) => pixels.rotate(image, angleDeg, "nearest", fill),
    },
    Equalize: { does: () => pixels.equalize },
    Contrast: enhancement(pixels.contrast),
    Color: enhancement(pixels.color),
    Solarize: {
      value: (level) => magnitude(level, 256, 0), // range 256 .. 0, a fraction; level 9 inverts
      does: pixels.solarize,
    },
    Brightness: enhancement(pixels.brightness),
  };
}
