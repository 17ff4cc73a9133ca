import type { Rgb, RgbImage } from "../image.ts";
import { affine, shearXBicubic, shearYBicubic, type Interpolation } from "./pillow/affine.ts";
import type { AffineMatrix } from "./pillow/affine-matrix.ts";
import { enhanceColor, enhanceContrast, enhanceSharpness } from "./pillow/enhance.ts";
import { autoContrast, equalize } from "./pillow/histogram.ts";
import { mapValues, type ValueTable } from "./pillow/point.ts";
import { drawRectangle, type Rectangle } from "./pillow/rectangle.ts";

/**
 * What is done to an image's pixels, as plain data: an operation of a library comes to one of these whatever computes
 * it, this package's pixel code or kernels on a device.
 */
export type PixelOperation =
  | { readonly kind: "identity" | "auto-contrast" | "equalize" }
  /** All channels through one table. */
  | { readonly kind: "map"; readonly table: ValueTable }
  /** ImageEnhance's: a blend with the grey image, with its mean, with the smoothed image. */
  | { readonly kind: "color" | "contrast" | "sharpness"; readonly factor: number }
  | {
      readonly kind: "affine";
      readonly matrix: AffineMatrix;
      readonly interpolation: Interpolation;
      readonly fill: Rgb;
    }
  /** About the upper left corner, with Pillow's BICUBIC. */
  | { readonly kind: "shear-x-bicubic" | "shear-y-bicubic"; readonly shear: number; readonly fill: Rgb }
  | { readonly kind: "rectangle"; readonly rectangle: Rectangle; readonly colour: Rgb };

/** Does it to an image; may return the image itself. */
export function applyPixels(image: RgbImage, operation: PixelOperation): RgbImage {
  switch (operation.kind) {
    case "identity":
      return image;
    case "auto-contrast":
      return autoContrast(image);
    case "equalize":
      return equalize(image);
    case "map":
      return mapValues(image, operation.table);
    case "color":
      return enhanceColor(image, operation.factor);
    case "contrast":
      return enhanceContrast(image, operation.factor);
    case "sharpness":
      return enhanceSharpness(image, operation.factor);
    case "affine":
      return affine(image, operation.matrix, operation.interpolation, operation.fill);
    case "shear-x-bicubic":
      return shearXBicubic(image, operation.shear, operation.fill);
    case "shear-y-bicubic":
      return shearYBicubic(image, operation.shear, operation.fill);
    case "rectangle":
      return drawRectangle(image, operation.rectangle, operation.colour);
  }
}
