import { checkLength, mapUnit, type RgbImage } from "../raster/raster.ts";

// Each array has a value for every byte of the image, [H, W, 3].

/** x + scale * normal. `normal`: standard normals. Throws a RangeError where an array does not fit the image. */
export function gaussianNoise(image: RgbImage, { scale }: { scale: number }, normal: ArrayLike<number>): RgbImage {
  checkLength("gaussian_noise: normal", normal, image.data.length);
  return mapUnit(image, (x, i) => x + scale * normal[i]!);
}

/** x + x * scale * normal. `normal`: standard normals. Throws a RangeError where an array does not fit the image. */
export function speckleNoise(image: RgbImage, { scale }: { scale: number }, normal: ArrayLike<number>): RgbImage {
  checkLength("speckle_noise: normal", normal, image.data.length);
  return mapUnit(image, (x, i) => x + x * scale * normal[i]!);
}

/**
 * counts / photons. `counts`: Poisson draws of the rate x * photons.
 * Throws a RangeError where an array does not fit the image.
 */
export function shotNoise(image: RgbImage, { photons }: { photons: number }, counts: ArrayLike<number>): RgbImage {
  checkLength("shot_noise: counts", counts, image.data.length);
  return mapUnit(image, (_x, i) => counts[i]! / photons);
}

/**
 * Salt (1) or pepper (0) in a share `amount` of the bytes: where `uniform` in [0, 1) is below it.
 * Throws a RangeError where an array does not fit the image.
 */
export function impulseNoise(
  image: RgbImage,
  { amount }: { amount: number },
  { uniform, salt }: { readonly uniform: ArrayLike<number>; readonly salt: ArrayLike<number> },
): RgbImage {
  checkLength("impulse_noise: uniform", uniform, image.data.length);
  checkLength("impulse_noise: salt", salt, image.data.length);
  return mapUnit(image, (x, i) => (uniform[i]! < amount ? salt[i]! : x));
}
