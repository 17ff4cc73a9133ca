import type { Rgb } from "../image.ts";
import type { Operation, OperationTable } from "./operation.ts";
import * as pixels from "./pixel-operations.ts";

/** The greatest magnitude M of the package's scale. */
export const ILDOONET_MAX_LEVEL = 30;

const BLACK: Rgb = [0, 0, 0];
const CUTOUT_COLOUR: Rgb = [125, 123, 114];

function magnitude(level: number, min: number, max: number): number {
  return (level / ILDOONET_MAX_LEVEL) * (max - min) + min;
}

/** range 0.1 .. 1.9: the factor of ImageEnhance. */
function enhancement(does: Operation["does"]): Operation {
  return { value: (level) => magnitude(level, 0.1, 1.9), does };
}

/** The sign is drawn: range +-(0 .. max). */
function signed(max: number, does: Operation["does"]): Operation {
  return { draws: "sign", value: (level, sign) => magnitude(level, 0, max) * sign, does };
}

/**
 * The 16 operations of ildoonet/pytorch-randaugment, in its order. `maxTranslationPx` is the greatest shift in
 * pixels; the package's is 100.
 */
export function ildoonetOperations(maxTranslationPx = 100): OperationTable {
  return {
    AutoContrast: { does: () => pixels.autoContrast },
    Equalize: { does: () => pixels.equalize },
    Invert: { does: () => pixels.invert },
    // range +-(0 .. 30) degrees
    Rotate: signed(30, (angleDeg, { fill = BLACK }, image) => pixels.rotate(image, angleDeg, "nearest", fill)),
    Posterize: {
      value: (level) => magnitude(level, 0, 4), // range 0 .. 4 bits: the higher the level, the milder
      does: (bits) => pixels.posterize(Math.trunc(bits)),
    },
    Solarize: {
      value: (level) => magnitude(level, 0, 256), // range 0 .. 256: the higher the level, the milder
      does: pixels.solarize,
    },
    SolarizeAdd: {
      value: (level) => magnitude(level, 0, 110), // range 0 .. 110
      does: pixels.solarizeAdd,
    },
    Color: enhancement(pixels.color),
    Contrast: enhancement(pixels.contrast),
    Brightness: enhancement(pixels.brightness),
    Sharpness: enhancement(pixels.sharpness),
    // range +-(0 .. 0.3)
    ShearX: signed(0.3, (shear, { fill = BLACK }) => pixels.shearX(shear, "nearest", fill)),
    ShearY: signed(0.3, (shear, { fill = BLACK }) => pixels.shearY(shear, "nearest", fill)),
    CutoutAbs: {
      draws: "centre point",
      value: (level) => magnitude(level, 0, 40), // range 0 .. 40 pixels
      does: (size, { centre }, image) => pixels.cutoutAbs(image, size, centre, CUTOUT_COLOUR),
    },
    // range +-(0 .. 100) pixels
    TranslateXabs: signed(maxTranslationPx, (x, { fill = BLACK }) => pixels.translateX(x, "nearest", fill)),
    TranslateYabs: signed(maxTranslationPx, (y, { fill = BLACK }) => pixels.translateY(y, "nearest", fill)),
  };
}
