import { colourWord, jobOf, type Placed } from "./job.ts";

/** A colour: R, G, B in 0..255. */
type Rgb = readonly [number, number, number];

/** Pillow's matrix: output pixel (x, y) takes the input at (a x' + b y' + c, d x' + e y' + f), x' = x + .5, y' = y + .5. */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** `mapValues`: an image through the tables of its row. */
export const mapJob = (placed: Placed): Uint32Array => jobOf(1, placed);

const tableKinds = { "auto-contrast": 1, equalize: 2, contrast: 3 } as const;

/** `valueTables`: the table that an image's own values ask for. */
export const tablesJob = (kind: keyof typeof tableKinds, placed: Placed): Uint32Array =>
  jobOf(tableKinds[kind], placed);

const blendKinds = { color: 1, sharpness: 2 } as const;

/** `blend`: away from or towards the grey or the smoothed image. */
export const blendJob = (kind: keyof typeof blendKinds, placed: Placed): Uint32Array => jobOf(blendKinds[kind], placed);

/** f32[256]: `fround(factor d)`, by which Image.blend moves a value that is d away. */
export const factorProducts = (factor: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: 256 }, (_, d) => Math.fround(factor) * d);

/** u32[256,2]: 255 / d in binary64, the lower word first; of d = 0, zero. */
export function stretchScales(): Uint32Array<ArrayBuffer> {
  const scales = Float64Array.from({ length: 256 }, (_, d) => (d === 0 ? 0 : 255 / d));
  const view = new DataView(new ArrayBuffer(2048));
  scales.forEach((scale, d) => view.setFloat64(8 * d, scale, true));
  return Uint32Array.from({ length: 512 }, (_, i) => view.getUint32(4 * i, true));
}

/** `paintRectangle`: columns left .. right - 1 and rows top .. bottom - 1; what lies outside the image is cut off. */
export function rectangleJob(
  placed: Placed,
  { left, top, right, bottom }: Readonly<Record<"left" | "top" | "right" | "bottom", number>>,
  colour: Rgb,
): Uint32Array {
  const inside = [left, top, right, bottom].map((side) => Math.max(side, 0));
  return jobOf(1, placed, [colourWord(colour), ...inside]);
}

/** The input position of every output position, or -1 outside the image: Pillow's ImagingScaleAffine, in doubles. */
function accumulatedPositions(step: number, offset: number, size: number): number[] {
  let position = offset + step * 0.5;
  return Array.from({ length: size }, () => {
    const at = position >= 0 && position < size ? Math.trunc(position) : -1;
    position += step;
    return at;
  });
}

const toFixed = (value: number): number => Math.floor(value * 65536 + 0.5);

/** @throws RangeError where positions do not fit 16.16 */
function checkFixedPointRange([a, b, c, d, e, f]: AffineMatrix, { width, height }: Placed): void {
  for (const [x, y] of [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const) {
    if (!(Math.abs(a * x + b * y + c) < 32768 && Math.abs(d * x + e * y + f) < 32768))
      throw new RangeError(`an image of ${width} x ${height} is too large to shear or rotate: shrink it first`);
  }
}

/**
 * `affineNearest`: Image.transform with a matrix and NEAREST, `fill` for what comes from outside. Pillow accumulates
 * positions in doubles where rows stay rows, and works in 16.16 fixed point elsewhere.
 * @param list what the job refers to is added to it
 * @throws RangeError where an image is too large for fixed point
 */
export function affineJob(placed: Placed, matrix: AffineMatrix, fill: Rgb, list: number[]): Uint32Array {
  const [a, b, c, d, e, f] = matrix;
  const aligned = b === 0 && d === 0;
  const job = jobOf(aligned ? 1 : 2, placed, [colourWord(fill), list.length]);
  if (aligned) {
    for (const at of accumulatedPositions(a, c, placed.width)) list.push(at);
    for (const at of accumulatedPositions(e, f, placed.height)) list.push(at);
    return job;
  }
  checkFixedPointRange(matrix, placed);
  list.push(toFixed(c + a * 0.5 + b * 0.5), toFixed(a), toFixed(b));
  list.push(toFixed(f + d * 0.5 + e * 0.5), toFixed(d), toFixed(e));
  return job;
}

/**
 * How far `shear-bicubic/02-f32-first` may be off, times two. Its position is off by 2^-32 for each half pixel across,
 * and a cubic through bytes has slopes up to 255 + 2 * 765 + 3 * 510; to that come six roundings to 24 bits of values
 * below 2^11.
 */
const marginOf = ({ width, height }: Placed): number =>
  2 * (3315 * 2 ** -32 * (2 * Math.max(width, height) + 1) + 6 * 2 ** -13);

/**
 * `shearBicubic`: Image.transform along x or y about the upper left corner with BICUBIC, `fill` for what comes from
 * outside. @throws RangeError unless -1 < shear < 1
 */
export function shearJob(placed: Placed, axis: "x" | "y", shear: number, fill: Rgb): Uint32Array {
  if (!(Math.abs(shear) < 1)) throw new RangeError(`shear is ${shear}; give a number between -1 and 1`);
  const bits = new DataView(new ArrayBuffer(12));
  bits.setFloat64(0, shear, true);
  bits.setFloat32(8, marginOf(placed), true);
  const [low, high, margin] = [0, 4, 8].map((at) => bits.getUint32(at, true)) as [number, number, number];
  const fixed = Math.round(shear * 2 ** 31);
  return jobOf(axis === "x" ? 1 : 2, placed, [colourWord(fill), low, high, fixed, margin]);
}

/** Weights are integers in units of 2^-22, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const PRECISION_BITS = 22;

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A region of an image, resized as if there were nothing outside of it, and the part of the result that is wanted. */
export interface Resizing {
  readonly region: Box;
  readonly width: number;
  readonly height: number;
  readonly box: Box;
}

/**
 * Pillow's precompute_coeffs and normalize_coeffs_8bpc (Resample.c) of the triangle filter, for `length` output positions
 * from `start` on, added to a list: the stride, then of every position the first input position, their count and weights.
 * @returns the input positions that are read: from `least` to `end` - 1
 */
export function addTaps(
  list: number[],
  inputSize: number,
  outputSize: number,
  start: number,
  length: number,
): { readonly least: number; readonly end: number } {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1); // half the width of the triangle, in input pixels
  const most = Math.ceil(support) * 2 + 1;
  list.push(most + 2);
  let [least, end] = [Infinity, 0];
  for (let i = start; i < start + length; i += 1) {
    const center = (i + 0.5) * scale;
    const low = Math.trunc(Math.max(0, center - support + 0.5));
    const high = Math.min(inputSize, Math.trunc(center + support + 0.5));
    const triangle = Array.from({ length: high - low }, (_, j) =>
      Math.max(0, 1 - Math.abs((j + low - center + 0.5) * (1 / support))),
    );
    const sum = triangle.reduce((total, weight) => total + weight, 0);
    list.push(low, high - low);
    for (const weight of triangle) list.push(Math.trunc((weight / sum) * 2 ** PRECISION_BITS + 0.5));
    for (let j = high - low; j < most; j += 1) list.push(0);
    [least, end] = [Math.min(least, low), Math.max(end, high)];
  }
  return { least, end };
}

/**
 * `cropResize`: Image.crop and Image.resize with BILINEAR, mirrored afterwards where asked.
 * @param list what the job refers to is added to it
 * @returns the job, and how many rows of the image it reads
 */
export function cropJob(
  placed: Placed,
  { region, width, height, box }: Resizing,
  mirror: boolean,
  list: number[],
): { readonly job: Uint32Array; readonly rows: number } {
  const across = list.length;
  addTaps(list, region.width, width, box.left, box.width);
  const down = list.length;
  const { least, end } = addTaps(list, region.height, height, box.top, box.height);
  const extra = [region.left, region.top, across, down, mirror ? 1 : 0, least, end - least];
  return { job: jobOf(1, placed, extra), rows: end - least };
}
