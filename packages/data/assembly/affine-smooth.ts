// Image.transform with BILINEAR and BICUBIC (Geometry.c): in doubles, horizontal first and not rounded in between, clipped to
// 0..255 and truncated. A pixel whose position lies outside the image is left as it is; neighbours outside are clamped to
// the edge. The input of pixel (x, y) is at (a x' + b y' + c, d x' + e y' + f), where x' = x + 0.5 and y' = y + 0.5.

/** The order of bytes that `pixelAt` needs, in memory for the reason that rgb.ts tells; 255 gives 0. 255 and 2^52. */
const pixelOrder = memory.data<u8>([0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255]);
const bounds = memory.data<f64>([255, 4503599627370496]);

/** A pixel as three 32-bit integers, and 0. */
function pixelAt(at: usize): v128 {
  return i8x16.swizzle(v128.load_zero<u32>(at), v128.load(pixelOrder));
}

function clamp(position: i32, size: i32): i32 {
  return max(min(position, size - 1), 0);
}

/** Red and green as doubles. */
function firstTwo(values: v128): v128 {
  return f64x2.convert_low_i32x4_s(values);
}

/** Blue as a double. */
function third(values: v128): v128 {
  return f64x2.convert_low_i32x4_s(i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0));
}

/** Of values clipped to 0..255, doubles next to 2^52, which have the truncated value in their lowest byte. */
function truncated(values: v128): v128 {
  const clipped = f64x2.pmin(v128.load_splat<u64>(bounds), f64x2.pmax(f64x2.splat(0), values));
  return f64x2.add(f64x2.floor(clipped), v128.load_splat<u64>(bounds, 8));
}

function storePixel(to: usize, redGreen: v128, blue: v128): void {
  const two = truncated(redGreen);
  v128.store_lane<u8>(to, two, 0);
  v128.store_lane<u8>(to, two, 8, 1);
  v128.store_lane<u8>(to, truncated(blue), 0, 2);
}

/** from + (to - from) * t; `from` and `change` are integers. */
function line(from: v128, change: v128, t: v128): v128 {
  return f64x2.add(from, f64x2.mul(change, t));
}

/** From the 2 x 2 neighbours. */
export function affineBilinear(
  from: usize,
  to: usize,
  width: i32,
  height: i32,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
  f: f64,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const px = a * (<f64>x + 0.5) + b * (<f64>y + 0.5) + c;
      const py = d * (<f64>x + 0.5) + e * (<f64>y + 0.5) + f;
      if (!(px >= 0 && px < <f64>width && py >= 0 && py < <f64>height)) continue;
      const left = Math.floor(px - 0.5);
      const top = Math.floor(py - 0.5);
      const tx = f64x2.splat(px - 0.5 - left);
      const ty = f64x2.splat(py - 0.5 - top);
      const column0 = clamp(<i32>left, width) * 3;
      const column1 = clamp(<i32>left + 1, width) * 3;
      const row0 = from + clamp(<i32>top, height) * width * 3;
      const row1 = from + clamp(<i32>top + 1, height) * width * 3;
      const p0 = pixelAt(row0 + column0);
      const q0 = pixelAt(row1 + column0);
      const p = i32x4.sub(pixelAt(row0 + column1), p0);
      const q = i32x4.sub(pixelAt(row1 + column1), q0);
      const upper = line(firstTwo(p0), firstTwo(p), tx);
      const lower = line(firstTwo(q0), firstTwo(q), tx);
      const upper3 = line(third(p0), third(p), tx);
      const lower3 = line(third(q0), third(q), tx);
      storePixel(
        to,
        f64x2.add(upper, f64x2.mul(f64x2.sub(lower, upper), ty)),
        f64x2.add(upper3, f64x2.mul(f64x2.sub(lower3, upper3), ty)),
      );
    }
  }
}

/**
 * Keys' kernel with -1 (Pillow's resize has -0.5) through four pixels, t from the second to the third: summed in
 * Pillow's order, in which the sums of pixels are integers, and so exact however they are made.
 */
function storeCubic(to: usize, at0: usize, at1: usize, at2: usize, at3: usize, t: f64): void {
  const p0 = pixelAt(at0);
  const p1 = pixelAt(at1);
  const p2 = pixelAt(at2);
  const p3 = pixelAt(at3);
  const slope = i32x4.sub(p2, p0);
  const near = i32x4.sub(p0, p1);
  const far = i32x4.sub(p2, p3);
  const square = i32x4.add(i32x4.add(near, near), far);
  const cube = i32x4.neg(i32x4.add(near, far));
  const ts = f64x2.splat(t);
  storePixel(
    to,
    line(firstTwo(p1), line(firstTwo(slope), line(firstTwo(square), firstTwo(cube), ts), ts), ts),
    line(third(p1), line(third(slope), line(third(square), third(cube), ts), ts), ts),
  );
}

/** BICUBIC where x' = x + 0.5 + shear y'. Pixels stand exactly on their rows: the cubic along y is its second pixel. */
export function shearXBicubic(from: usize, to: usize, width: i32, height: i32, shear: f64): void {
  for (let y = 0; y < height; y++) {
    const row = from + y * width * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const px = <f64>x + 0.5 + shear * (<f64>y + 0.5);
      if (!(px >= 0 && px < <f64>width)) continue;
      const left = Math.floor(px - 0.5);
      const column = <i32>left;
      storeCubic(
        to,
        row + clamp(column - 1, width) * 3,
        row + clamp(column, width) * 3,
        row + clamp(column + 1, width) * 3,
        row + clamp(column + 2, width) * 3,
        px - 0.5 - left,
      );
    }
  }
}

/** BICUBIC where y' = shear x' + y + 0.5. */
export function shearYBicubic(from: usize, to: usize, width: i32, height: i32, shear: f64): void {
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const py = shear * (<f64>x + 0.5) + (<f64>y + 0.5);
      if (!(py >= 0 && py < <f64>height)) continue;
      const top = Math.floor(py - 0.5);
      const row = <i32>top;
      const column = from + x * 3;
      storeCubic(
        to,
        column + clamp(row - 1, height) * stride,
        column + clamp(row, height) * stride,
        column + clamp(row + 1, height) * stride,
        column + clamp(row + 2, height) * stride,
        py - 0.5 - top,
      );
    }
  }
}
