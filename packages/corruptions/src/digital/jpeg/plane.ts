import { forwardDct, inverseDct } from "./dct.ts";

/** One component of a picture: bytes, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What is left of a plane with sides of whole blocks of 8 after the DCT, quantisation by `table` and the way back. */
export function quantised({ width, height, data }: Plane, table: Int32Array): Plane {
  const out = new Uint8ClampedArray(data.length);
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const start = top * width + left;
      for (let i = 0; i < 64; i += 1) block[i] = data[start + (i >> 3) * width + (i & 7)]! - 128;
      forwardDct(block);
      for (let i = 0; i < 64; i += 1) {
        const step = table[i]!;
        const level = Math.trunc((Math.abs(block[i]!) + 4 * step) / (8 * step));
        block[i] = Math.sign(block[i]!) * level * step;
      }
      inverseDct(block);
      for (let i = 0; i < 64; i += 1) out[start + (i >> 3) * width + (i & 7)] = block[i]! + 128;
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

/** The plane with its last row repeated until there are `height`. */
export function withRows({ width, data, height: own }: Plane, height: number): Plane {
  if (height === own) return { width, height, data };
  const out = new Uint8Array(width * height);
  out.set(data);
  const last = data.subarray((own - 1) * width);
  for (let y = own; y < height; y += 1) out.set(last, y * width);
  return { width, height, data: out };
}

/** The plane's upper left corner. */
export function cornerOf(plane: Plane, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1)
    data.set(plane.data.subarray(y * plane.width, y * plane.width + width), y * width);
  return { width, height, data };
}
