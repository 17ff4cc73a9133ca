import { mirrorIndex } from "../raster/borders.ts";
import { gaussianWeights } from "../raster/gauss.ts";
import { truncatedImage, unitRaster, type Raster, type RgbImage } from "../raster/raster.ts";

export interface DefocusBlur {
  /** Of the disk, in pixels. */
  readonly radius: number;
  /** Sigma of the small Gaussian that softens the disk's edge. */
  readonly aliasBlur: number;
}

/** A lens out of focus: every channel correlated with a disk, borders mirrored without repeating the edge. */
export function defocusBlur(image: RgbImage, parameters: DefocusBlur): RgbImage {
  const x = unitRaster(image);
  const out = new Float64Array(x.data.length);
  for (const { dx, dy, weight } of diskTaps(parameters)) addShifted(x, dx, dy, weight, out);
  return truncatedImage({ ...x, data: out });
}

interface Tap {
  readonly dx: number;
  readonly dy: number;
  readonly weight: number;
}

/** The taps of the softened disk that are not 0. */
function diskTaps({ radius, aliasBlur }: DefocusBlur): Tap[] {
  const reach = radius <= 8 ? 8 : radius;
  const side = 2 * reach + 1;
  const disk = new Float64Array(side * side);
  for (let i = -reach; i <= reach; i += 1) {
    for (let j = -reach; j <= reach; j += 1) {
      if (i ** 2 + j ** 2 <= radius ** 2) disk[(i + reach) * side + j + reach] = 1;
    }
  }
  const sum = disk.reduce((total, value) => total + value, 0);
  const soft = gaussianWeights(aliasBlur, radius <= 8 ? 1 : 2);
  const halfTaps = (soft.length - 1) / 2;
  const at = (row: number, column: number): number => disk[mirrorIndex(row, side) * side + mirrorIndex(column, side)]!;
  const taps: Tap[] = [];
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      let weight = 0;
      for (let k = -halfTaps; k <= halfTaps; k += 1) {
        let along = 0;
        for (let l = -halfTaps; l <= halfTaps; l += 1) along += soft[l + halfTaps]! * at(row + k, column + l);
        weight += soft[k + halfTaps]! * along;
      }
      if (weight !== 0) taps.push({ dx: column - reach, dy: row - reach, weight: weight / sum });
    }
  }
  return taps;
}

/** out += weight * the raster seen from (dx, dy) further on. */
function addShifted({ width, height, data }: Raster, dx: number, dy: number, weight: number, out: Float64Array): void {
  const columns = Int32Array.from({ length: width }, (_, x) => mirrorIndex(x + dx, width) * 3);
  let target = 0;
  for (let y = 0; y < height; y += 1) {
    const row = mirrorIndex(y + dy, height) * width * 3;
    for (let x = 0; x < width; x += 1, target += 3) {
      const source = row + columns[x]!;
      out[target]! += weight * data[source]!;
      out[target + 1]! += weight * data[source + 1]!;
      out[target + 2]! += weight * data[source + 2]!;
    }
  }
}
