import type { RgbImage } from "../../src/image.ts";
import type { AffineMatrix } from "../../src/augment/pillow/affine-matrix.ts";
import { clippedData } from "./blend.ts";

// Both filters work in doubles, horizontal first and not rounded in between, clip to 0..255 and truncate. A pixel
// whose position lies outside the image is left as it is; neighbours outside are clamped to the edge (Geometry.c).

/** Image.transform with BILINEAR, from the 2 x 2 neighbours. */
export function affineBilinear(image: RgbImage, [a, b, c, d, e, f]: AffineMatrix, out: RgbImage): void {
  const { width, height, data } = image;
  for (let y = 0; y < out.height; y += 1) {
    for (let x = 0; x < out.width; x += 1) {
      const px = a * (x + 0.5) + b * (y + 0.5) + c;
      const py = d * (x + 0.5) + e * (y + 0.5) + f;
      if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
      const left = Math.floor(px - 0.5);
      const top = Math.floor(py - 0.5);
      const tx = px - 0.5 - left;
      const ty = py - 0.5 - top;
      const column0 = clamp(left, width) * 3;
      const column1 = clamp(left + 1, width) * 3;
      const row0 = clamp(top, height) * width * 3;
      const row1 = clamp(top + 1, height) * width * 3;
      const target = (y * out.width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = linear(data[row0 + column0 + channel]!, data[row0 + column1 + channel]!, tx);
        const lower = linear(data[row1 + column0 + channel]!, data[row1 + column1 + channel]!, tx);
        out.data[target + channel] = Math.trunc(linear(upper, lower, ty));
      }
    }
  }
}

/** Image.transform with BICUBIC, from the 4 x 4 neighbours. */
export function affineBicubic(image: RgbImage, [a, b, c, d, e, f]: AffineMatrix, out: RgbImage): void {
  const { width, height, data } = image;
  const clipped = clippedData(out);
  for (let y = 0; y < out.height; y += 1) {
    for (let x = 0; x < out.width; x += 1) {
      const px = a * (x + 0.5) + b * (y + 0.5) + c;
      const py = d * (x + 0.5) + e * (y + 0.5) + f;
      if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
      const left = Math.floor(px - 0.5);
      const top = Math.floor(py - 0.5);
      const tx = px - 0.5 - left;
      const ty = py - 0.5 - top;
      const column0 = clamp(left - 1, width) * 3;
      const column1 = clamp(left, width) * 3;
      const column2 = clamp(left + 1, width) * 3;
      const column3 = clamp(left + 2, width) * 3;
      const row0 = clamp(top - 1, height) * width * 3;
      const row1 = clamp(top, height) * width * 3;
      const row2 = clamp(top + 1, height) * width * 3;
      const row3 = clamp(top + 2, height) * width * 3;
      const target = (y * out.width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        let value = alongRow(data, row1 + channel, column0, column1, column2, column3, tx);
        // At ty = 0 the cubic is its second row; a shear along x has no other ty.
        if (ty !== 0) {
          const value0 = alongRow(data, row0 + channel, column0, column1, column2, column3, tx);
          const value2 = alongRow(data, row2 + channel, column0, column1, column2, column3, tx);
          const value3 = alongRow(data, row3 + channel, column0, column1, column2, column3, tx);
          value = cubic(value0, value, value2, value3, ty);
        }
        clipped[target + channel] = Math.trunc(value);
      }
    }
  }
}

/** The cubic through four columns of the row and channel that begin at `row`. */
function alongRow(data: Uint8Array, row: number, c0: number, c1: number, c2: number, c3: number, t: number): number {
  if (t === 0) return data[row + c1]!; // the cubic's value there; a shear along y has no other t
  return cubic(data[row + c0]!, data[row + c1]!, data[row + c2]!, data[row + c3]!, t);
}

function clamp(position: number, size: number): number {
  return position < 0 ? 0 : position < size ? position : size - 1;
}

function linear(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

/** Keys' kernel with -1 (Pillow's resize has -0.5), t from `p1` to `p2`; summed in Pillow's order. */
function cubic(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return p1 + t * (p2 - p0 + t * (2 * (p0 - p1) + p2 - p3 + t * (p1 - p0 - p2 + p3)));
}
