import { position, startBits, endedWell } from "./bits";
import { BROKEN, decodeBlock, dcDifference, tableAt } from "./huffman";
import { flatBlock, inverseDct } from "./idct";

/** What is told of a component: eight 32-bit numbers, one after another. */
const COMPONENT_BYTES = 32;
const ACROSS = 0; // blocks of an MCU
const DOWN = 4;
const DC_TABLE = 8;
const AC_TABLE = 12;
const STEPS = 16; // address of 64 32-bit numbers, see decodeBlock
const PLANE = 20; // address of its samples
const STRIDE = 24; // of a row of them
const LAST_DC = 28; // the scan's own

const block = memory.data(128, 16);

/** The scan is not as libjpeg writes them: whoever bears more must decode it. */
const IRREGULAR: i32 = -1;

/**
 * Decodes a scan of all components, from its first byte up to the last row of MCUs that is wanted, and writes the samples
 * of the MCUs from column `left` to `right` - 1 and row `top` to `bottom` - 1 into the components' planes.
 * After the bytes must come 0xff 0xd9, and six more that may be read. Answers the address where it stopped: of the
 * marker after the scan where all its rows were wanted; or IRREGULAR.
 */
export function decodeScan(
  start: usize,
  components: usize,
  componentCount: i32,
  columns: i32,
  rows: i32,
  restartInterval: i32,
  left: i32,
  right: i32,
  top: i32,
  bottom: i32,
): i32 {
  startBits(start);
  for (let c = 0; c < componentCount; c++) store<i32>(components + c * COMPONENT_BYTES + LAST_DC, 0);
  let untilRestart = restartInterval;
  let nextRestart = 0;
  for (let row = 0; row < bottom; row++) {
    for (let column = 0; column < columns; column++) {
      if (restartInterval > 0) {
        if (untilRestart === 0) {
          if (!endedWell() || load<u8>(position, 1) !== 0xd0 + nextRestart) return IRREGULAR;
          startBits(position + 2);
          for (let c = 0; c < componentCount; c++) store<i32>(components + c * COMPONENT_BYTES + LAST_DC, 0);
          nextRestart = (nextRestart + 1) & 7;
          untilRestart = restartInterval;
        }
        untilRestart--;
      }
      const wanted = row >= top && column >= left && column < right;
      for (let c = 0; c < componentCount; c++) {
        if (!decodeMcu(components + c * COMPONENT_BYTES, row, column, wanted)) return IRREGULAR;
      }
    }
  }
  if (bottom === rows && !endedWell()) return IRREGULAR;
  return <i32>position;
}

/** By eight stores: filling memory is a call into the engine. */
function clearBlock(): void {
  const zero = i32x4.splat(0);
  for (let at = block; at < block + 128; at += 32) {
    v128.store(at, zero);
    v128.store(at, zero, 16);
  }
}

/** The blocks of one component in one MCU. */
function decodeMcu(component: usize, row: i32, column: i32, wanted: bool): bool {
  const across = load<i32>(component, ACROSS);
  const down = load<i32>(component, DOWN);
  const dcTable = tableAt(0, load<i32>(component, DC_TABLE));
  const acTable = tableAt(1, load<i32>(component, AC_TABLE));
  const steps = load<u32>(component, STEPS);
  const stride = load<u32>(component, STRIDE);
  const plane = load<u32>(component, PLANE) + row * down * 8 * stride + column * across * 8;
  for (let v = 0; v < down; v++) {
    for (let h = 0; h < across; h++) {
      if (wanted) clearBlock();
      const last = decodeBlock(dcTable, acTable, steps, block);
      if (last === BROKEN) return false;
      const dc = load<i32>(component, LAST_DC) + dcDifference;
      store<i32>(component, dc, LAST_DC);
      if (!wanted) continue;
      const to = plane + v * 8 * stride + h * 8;
      const scaled = dc * (load<u32>(steps) & 0xffff);
      if (last === 0) {
        flatBlock(scaled, to, stride);
      } else {
        store<i16>(block, scaled);
        inverseDct(block, to, stride);
      }
    }
  }
  return true;
}

/** The address of the next marker from `from` on that is no restart, or `end` where there is none. */
export function nextMarker(from: usize, end: usize): usize {
  for (let at = from; at < end; at++) {
    while (at + 16 <= end && !v128.any_true(i8x16.eq(v128.load(at), i8x16.splat(-1)))) at += 16;
    if (load<u8>(at) !== 0xff) continue;
    const kind = load<u8>(at, 1);
    if (kind !== 0 && (kind & 0xf8) !== 0xd0) return at;
  }
  return end;
}
