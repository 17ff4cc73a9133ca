import { clamp } from "./draw.ts";
import type { Rgb } from "./colour.ts";

/** A picture being painted: RGB interleaved [height, width, 3], 0..255, not yet rounded. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A layer as sharp renders it: RGBA interleaved [height, width, 4], alpha not multiplied in. */
export interface Layer {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function createRaster(width: number, height: number): Raster {
  return { width, height, data: new Float32Array(width * height * 3) };
}

/** Mixes `share` of a colour into the pixel at `offset` (a multiple of 3). */
export function blendPixel(raster: Raster, offset: number, colour: Rgb, share: number): void {
  const { data } = raster;
  for (let c = 0; c < 3; c += 1) data[offset + c]! += (colour[c]! - data[offset + c]!) * share;
}

/** Lays `layer` over the raster; `tone` multiplies the layer's colour pixel by pixel. */
export function compose(raster: Raster, layer: Layer, tone?: Float32Array): void {
  const { data } = raster;
  for (let pixel = 0; pixel < raster.width * raster.height; pixel += 1) {
    const alpha = layer.data[4 * pixel + 3]! / 255;
    if (alpha === 0) continue;
    const factor = tone === undefined ? 1 : tone[pixel]!;
    for (let c = 0; c < 3; c += 1) {
      const at = 3 * pixel + c;
      data[at]! += (Math.min(255, layer.data[4 * pixel + c]! * factor) - data[at]!) * alpha;
    }
  }
}

/** A dark ellipse with soft edges, such as the shadow under a bird; `strength` is the share of light taken away. */
export function castShadow(
  raster: Raster,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  strength: number,
): void {
  const [top, bottom] = [Math.max(0, Math.floor(y - radiusY)), Math.min(raster.height - 1, Math.ceil(y + radiusY))];
  const [left, right] = [Math.max(0, Math.floor(x - radiusX)), Math.min(raster.width - 1, Math.ceil(x + radiusX))];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const distance = ((column - x) / radiusX) ** 2 + ((row - y) / radiusY) ** 2;
      const light = 1 - strength * clamp(1 - distance, 0, 1);
      const offset = 3 * (row * raster.width + column);
      for (let c = 0; c < 3; c += 1) raster.data[offset + c]! *= light;
    }
  }
}

/**
 * Averages each value with its `radius` neighbours on both sides along one axis, edges repeated.
 * `stride` and `count` describe a line, `lineStride` and `lines` the step between lines.
 */
function boxLines(
  values: Float32Array,
  radius: number,
  stride: number,
  count: number,
  lineStride: number,
  lines: number,
): void {
  const line = new Float32Array(count);
  for (let index = 0; index < lines; index += 1) {
    const start = index * lineStride;
    for (let i = 0; i < count; i += 1) line[i] = values[start + i * stride]!;
    let sum = 0;
    for (let i = -radius; i <= radius; i += 1) sum += line[clamp(i, 0, count - 1)]!;
    for (let i = 0; i < count; i += 1) {
      values[start + i * stride] = sum / (2 * radius + 1);
      sum += line[Math.min(count - 1, i + radius + 1)]! - line[Math.max(0, i - radius)]!;
    }
  }
}

/** Blurs a plane [height, width] in place: two box filters, close to a Gaussian. */
export function blurPlane(plane: Float32Array, width: number, height: number, radius: number): void {
  for (let pass = 0; pass < 2; pass += 1) {
    boxLines(plane, radius, 1, width, width, height);
    boxLines(plane, radius, width, height, 1, width);
  }
}

/** Blurs with the kernel (side, 1, side) / (1 + 2 side) along x, then along y; either may be 0. The rim stays. */
export function softenRaster(raster: Raster, sideX: number, sideY: number): void {
  const { width, height, data } = raster;
  const soften = (side: number, step: number, rimX: number, rimY: number): void => {
    if (side === 0) return;
    const source = data.slice();
    const total = 1 + 2 * side;
    for (let y = rimY; y < height - rimY; y += 1) {
      for (let at = 3 * (y * width + rimX); at < 3 * (y * width + width - rimX); at += 1) {
        data[at] = (source[at]! + side * (source[at - step]! + source[at + step]!)) / total;
      }
    }
  };
  soften(sideX, 3, 1, 0);
  soften(sideY, 3 * width, 0, 1);
}
