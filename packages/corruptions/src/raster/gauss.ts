import type { Raster } from "./raster.ts";

/** exp(-k^2 / (2 sigma^2)) for k = -radius .. radius, divided by their sum. */
export function gaussianWeights(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp((-0.5 / sigma ** 2) * (i - radius) ** 2),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * A Gaussian of `sigma` pixels, cut at trunc(4 sigma + 0.5) pixels, down the columns and then along the rows, edges
 * clamped, each channel by itself: skimage.filters.gaussian on scipy.ndimage.gaussian_filter (mode "nearest").
 * The sums run as SciPy's correlate1d does for symmetric weights, so that flat areas truncate to the same bytes.
 */
export function gauss(raster: Raster, sigma: number): Raster {
  const radius = Math.trunc(4 * sigma + 0.5);
  const weights = gaussianWeights(sigma, radius);
  return alongRows(downColumns(raster, weights, radius), weights, radius);
}

function downColumns({ width, height, channels, data }: Raster, weights: Float64Array, radius: number): Raster {
  const stride = width * channels;
  const out = new Float64Array(data.length);
  for (let y = 0; y < height; y += 1) {
    const row = out.subarray(y * stride, (y + 1) * stride);
    const own = y * stride;
    for (let i = 0; i < stride; i += 1) row[i] = data[own + i]! * weights[radius]!;
    for (let k = radius; k >= 1; k -= 1) {
      const weight = weights[radius - k]!;
      const above = Math.max(y - k, 0) * stride;
      const below = Math.min(y + k, height - 1) * stride;
      for (let i = 0; i < stride; i += 1) row[i]! += (data[above + i]! + data[below + i]!) * weight;
    }
  }
  return { width, height, channels, data: out };
}

function alongRows({ width, height, channels, data }: Raster, weights: Float64Array, radius: number): Raster {
  const stride = width * channels;
  const out = new Float64Array(data.length);
  const padded = new Float64Array((width + 2 * radius) * channels);
  const pad = radius * channels;
  for (let y = 0; y < height; y += 1) {
    const source = data.subarray(y * stride, (y + 1) * stride);
    padded.set(source, pad);
    for (let i = 0; i < pad; i += 1) {
      padded[i] = source[i % channels]!;
      padded[pad + stride + i] = source[stride - channels + (i % channels)]!;
    }
    const row = out.subarray(y * stride, (y + 1) * stride);
    for (let i = 0; i < stride; i += 1) row[i] = padded[pad + i]! * weights[radius]!;
    for (let k = radius; k >= 1; k -= 1) {
      const weight = weights[radius - k]!;
      const left = pad - k * channels;
      const right = pad + k * channels;
      for (let i = 0; i < stride; i += 1) row[i]! += (padded[left + i]! + padded[right + i]!) * weight;
    }
  }
  return { width, height, channels, data: out };
}
