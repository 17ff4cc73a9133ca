import type { Random } from "@fledge/random";

/**
 * Value noise: random numbers on a grid with cells of `cellX` x `cellY` pixels, joined smoothly; each further octave
 * has cells of half the size and half the weight. Returns [height, width], about 0..1 with mean 0.5.
 */
export function valueNoise(
  random: Random,
  width: number,
  height: number,
  cellX: number,
  cellY: number,
  octaves: number,
): Float32Array {
  const result = new Float32Array(width * height);
  let weight = 1 / (2 - 2 ** (1 - octaves));
  for (let octave = 0; octave < octaves; octave += 1) {
    addOctave(
      result,
      random,
      width,
      height,
      Math.max(1, cellX / 2 ** octave),
      Math.max(1, cellY / 2 ** octave),
      weight,
    );
    weight /= 2;
  }
  return result;
}

function addOctave(
  result: Float32Array,
  random: Random,
  width: number,
  height: number,
  cellX: number,
  cellY: number,
  weight: number,
): void {
  const columns = Math.ceil(width / cellX) + 1;
  const rows = Math.ceil(height / cellY) + 1;
  const grid = Float32Array.from({ length: columns * rows }, () => (random.uint32() / 2 ** 32) * weight);
  const cells = Int32Array.from({ length: width }, (_, x) => Math.floor(x / cellX));
  const shares = Float32Array.from({ length: width }, (_, x) => ease(x / cellX - Math.floor(x / cellX)));
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor(y / cellY);
    const share = ease(y / cellY - row);
    for (let i = 0; i < columns; i += 1) {
      const above = grid[row * columns + i]!;
      line[i] = above + (grid[(row + 1) * columns + i]! - above) * share;
    }
    for (let x = 0; x < width; x += 1) {
      const left = line[cells[x]!]!;
      result[y * width + x]! += left + (line[cells[x]! + 1]! - left) * shares[x]!;
    }
  }
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
