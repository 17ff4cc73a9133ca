import type { Rgb } from "../image.ts";
import type { Operation, OperationTable } from "./operation.ts";
import { cutoutAbs } from "./cutout.ts";
import { rotate, shearX, shearY, translateX, translateY } from "./pillow/affine.ts";
import { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness } from "./pillow/enhance.ts";
import { autoContrast, equalize } from "./pillow/histogram.ts";
import { invert, posterize, solarize } from "./pillow/point.ts";
import { solarizeAdd } from "./solarize-add.ts";

/** The greatest magnitude M of the package's scale. */
export const ILDOONET_MAX_LEVEL = 30;

const BLACK: Rgb = [0, 0, 0];
const CUTOUT_COLOUR: Rgb = [125, 123, 114];

function magnitude(level: number, min: number, max: number): number {
  return (level / ILDOONET_MAX_LEVEL) * (max - min) + min;
}

/** range 0.1 .. 1.9: the factor of ImageEnhance. */
function enhancement(apply: Operation["apply"]): Operation {
  return { value: (level) => magnitude(level, 0.1, 1.9), apply };
}

/** The sign is drawn: range +-(0 .. max). */
function signed(max: number, apply: Operation["apply"]): Operation {
  return { draws: "sign", value: (level, sign) => magnitude(level, 0, max) * sign, apply };
}

/**
 * The 16 operations of ildoonet/pytorch-randaugment, in its order. `maxTranslationPx` is the greatest shift in
 * pixels; the package's is 100.
 */
export function ildoonetOperations(maxTranslationPx = 100): OperationTable {
  return {
    AutoContrast: { apply: (image) => autoContrast(image) },
    Equalize: { apply: (image) => equalize(image) },
    Invert: { apply: (image) => invert(image) },
    // range +-(0 .. 30) degrees
    Rotate: signed(30, (image, angleDeg, { fill = BLACK }) => rotate(image, angleDeg, "nearest", fill)),
    Posterize: {
      value: (level) => magnitude(level, 0, 4), // range 0 .. 4 bits: the higher the level, the milder
      apply: (image, bits) => posterize(image, Math.trunc(bits)),
    },
    Solarize: {
      value: (level) => magnitude(level, 0, 256), // range 0 .. 256: the higher the level, the milder
      apply: solarize,
    },
    SolarizeAdd: {
      value: (level) => magnitude(level, 0, 110), // range 0 .. 110
      apply: solarizeAdd,
    },
    Color: enhancement(enhanceColor),
    Contrast: enhancement(enhanceContrast),
    Brightness: enhancement(enhanceBrightness),
    Sharpness: enhancement(enhanceSharpness),
    // range +-(0 .. 0.3)
    ShearX: signed(0.3, (image, shear, { fill = BLACK }) => shearX(image, shear, "nearest", fill)),
    ShearY: signed(0.3, (image, shear, { fill = BLACK }) => shearY(image, shear, "nearest", fill)),
    CutoutAbs: {
      draws: "centre point",
      value: (level) => magnitude(level, 0, 40), // range 0 .. 40 pixels
      apply: (image, size, { centre }) => cutoutAbs(image, size, centre, CUTOUT_COLOUR),
    },
    // range +-(0 .. 100) pixels
    TranslateXabs: signed(maxTranslationPx, (image, x, { fill = BLACK }) => translateX(image, x, "nearest", fill)),
    TranslateYabs: signed(maxTranslationPx, (image, y, { fill = BLACK }) => translateY(image, y, "nearest", fill)),
  };
}
