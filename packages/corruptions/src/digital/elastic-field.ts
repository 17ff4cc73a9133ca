import { mirrorEdgeIndex } from "../raster/borders.ts";
import { gaussianWeights } from "../raster/gauss.ts";
import { checkLength } from "../raster/raster.ts";

/**
 * How far each pixel is displaced in one direction: alpha * a Gaussian of `sigma` pixels over `uniform` ([H, W] draws
 * from -1..1), cut at trunc(3 sigma + 0.5), borders mirrored with the edge repeated; rounded to float32 as the
 * published code does. Throws a RangeError where the draws do not fit.
 *
 * The Gaussian may reach far beyond the image (513 pixels at severity 1), so its weights are first folded onto the
 * pixels that they read.
 */
export function elasticField(
  { width, height }: { readonly width: number; readonly height: number },
  { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
  uniform: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  checkLength("elastic_transform: uniform", uniform, width * height);
  const radius = Math.trunc(3 * sigma + 0.5);
  const weights = gaussianWeights(sigma, radius);
  const down = foldedWeights(weights, radius, height);
  const across = foldedWeights(weights, radius, width);
  const columns = new Float64Array(width * height);
  const draws = Float64Array.from(uniform);
  for (let y = 0; y < height; y += 1) {
    const row = columns.subarray(y * width, (y + 1) * width);
    for (let k = 0; k < height; k += 1) {
      const weight = down[y * height + k]!;
      if (weight === 0) continue;
      const start = k * width;
      for (let x = 0; x < width; x += 1) row[x]! += weight * draws[start + x]!;
    }
  }
  const field = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += across[x * width + k]! * columns[y * width + k]!;
      field[y * width + x] = alpha * sum;
    }
  }
  return field;
}

/** [size, size]: the weight with which output i reads input j. */
function foldedWeights(weights: Float64Array, radius: number, size: number): Float64Array {
  const folded = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let k = -radius; k <= radius; k += 1) folded[i * size + mirrorEdgeIndex(i + k, size)]! += weights[k + radius]!;
  }
  return folded;
}
