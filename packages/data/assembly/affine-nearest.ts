// Image.transform with NEAREST (Geometry.c): the pixels that have no input are left as they are.

/** Columns `low` to `high` - 1 of a row have an input. */
let low: i32 = 0;
let high: i32 = 0;

/** Narrows them to where 0 <= start + step * x < limit. */
function narrow(start: i64, step: i64, limit: i64): void {
  if (step === 0) {
    if (start < 0 || start >= limit) high = low;
    return;
  }
  const size = step > 0 ? step : -step;
  const room = step > 0 ? -start : start - limit + 1; // before the first, in units of 1 / size columns
  const reach = step > 0 ? limit - 1 - start : start; // to the last
  if (reach < 0) {
    high = low;
    return;
  }
  if (room > 0) low = <i32>max<i64>(low, (room + size - 1) / size);
  high = <i32>min<i64>(high, reach / size + 1);
}

function copyPixel(from: usize, to: usize): void {
  store<u16>(to, load<u16>(from));
  store<u8>(to, load<u8>(from, 2), 2);
}

/**
 * Pillow's affine_fixed, in 16.16 fixed point: the input of pixel (x, y) is at (startX + stepXX x + stepXY y, startY +
 * stepYX x + stepYY y), which must fit.
 */
export function affineFixed(
  from: usize,
  inputWidth: i32,
  inputHeight: i32,
  to: usize,
  width: i32,
  height: i32,
  startX: i32,
  stepXX: i32,
  stepXY: i32,
  startY: i32,
  stepYX: i32,
  stepYY: i32,
): void {
  for (let y = 0; y < height; y++, startX += stepXY, startY += stepYY, to += width * 3) {
    low = 0;
    high = width;
    narrow(startX, stepXX, (<i64>inputWidth) << 16);
    narrow(startY, stepYX, (<i64>inputHeight) << 16);
    const last = high - 1;
    if (last < low) continue;
    if (stepXX === 1 << 16 && stepYX === 0) {
      const first = from + ((startY >> 16) * inputWidth + low + (startX >> 16)) * 3;
      memory.copy(to + low * 3, first, (high - low) * 3);
      continue;
    }
    let atX = startX + stepXX * low;
    let atY = startY + stepYX * low;
    let out = to + low * 3;
    // Four bytes at once, of which the next pixel overwrites the fourth; the last pixel has none after it.
    for (let x = low; x < last; x++, atX += stepXX, atY += stepYX, out += 3) {
      store<u32>(out, load<u32>(from + ((atY >> 16) * inputWidth + (atX >> 16)) * 3));
    }
    copyPixel(from + ((atY >> 16) * inputWidth + (atX >> 16)) * 3, out);
  }
}

/** Pillow's ImagingScaleAffine: `columns` and `rows` have the input of every column and row, or -1. */
export function affineAligned(
  from: usize,
  inputWidth: i32,
  to: usize,
  width: i32,
  height: i32,
  columns: usize,
  rows: usize,
): void {
  let first = 0;
  while (first < width && load<i32>(columns + first * 4) < 0) first++;
  let end = width;
  while (end > first && load<i32>(columns + (end - 1) * 4) < 0) end--;
  if (first === end) return;
  const start = load<i32>(columns + first * 4);
  const together = load<i32>(columns + (end - 1) * 4) - start === end - 1 - first;
  for (let y = 0; y < height; y++, to += width * 3) {
    const row = load<i32>(rows + y * 4);
    if (row < 0) continue;
    const input = from + row * inputWidth * 3;
    if (together) {
      memory.copy(to + first * 3, input + start * 3, (end - first) * 3);
      continue;
    }
    for (let x = first; x < end; x++) copyPixel(input + load<i32>(columns + x * 4) * 3, to + x * 3);
  }
}
