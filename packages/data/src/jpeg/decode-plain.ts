import type { RgbImage } from "../image.ts";
import { checkBox, type CropBox } from "../transforms/crop.ts";
import type { Arena } from "../simd/arena.ts";
import type { PlainJpeg } from "./plain-header.ts";

/** Of every place in the stream, the place in the block, row by row. */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];

const EOI = 0xd9;
/** Of a component's numbers, as `decodeScan` reads them. */
const COMPONENT_WORDS = 8;
/** Chroma is interpolated: a pixel reads the samples beside its own, which are up to so many pixels away. */
const REACH = 4;

/**
 * The pixels of a plain JPEG in the arena, byte for byte libjpeg's with its defaults: the accurate integer DCT, interpolated
 * chroma. With `part`, only its pixels are right, and the rest may be anything.
 * Undefined where the stream is not as it should be: libjpeg bears some damage, and so whoever gets undefined asks it.
 */
export function decodePlain(arena: Arena, bytes: Uint8Array, jpeg: PlainJpeg, part?: CropBox): RgbImage | undefined {
  const { code } = arena;
  const { width, height, components } = jpeg;
  if (part) checkBox(part, jpeg);
  const { left, top, right, bottom } = edges(part ?? { left: 0, top: 0, width, height });
  const file = arena.place(bytes);
  // Ends the file here at the latest, whatever it lacks.
  arena.bytesAt(file + bytes.length, 8).set([0xff, EOI]);
  if (!makeTables(arena, jpeg)) return undefined;

  const [{ across, down }] = components as [PlainJpeg["components"][0]];
  const [columns, rows] = [Math.ceil(width / (8 * across)), Math.ceil(height / (8 * down))];
  const described = arena.words(components.length * COMPONENT_WORDS);
  const planes = components.map((component, i) => {
    const steps = quantiserSteps(arena, jpeg.quantisations[component.quantisation]);
    const stride = columns * component.across * 8;
    const plane = arena.take(stride * rows * component.down * 8);
    const { dcTable, acTable } = component;
    const numbers = [component.across, component.down, dcTable, acTable, steps ?? 0, plane, stride];
    described.words.set(numbers, i * COMPONENT_WORDS);
    return steps === undefined ? undefined : { plane, stride };
  });
  const [luma, blue, red] = planes;
  if (planes.includes(undefined) || luma === undefined) return undefined;

  const mcuBottom = Math.min(rows, Math.ceil((bottom + REACH) / (8 * down)));
  const stopped = code.decodeScan(
    file + jpeg.scanStart,
    described.address,
    components.length,
    columns,
    rows,
    jpeg.restartInterval,
    Math.floor(Math.max(0, left - REACH) / (8 * across)),
    Math.min(columns, Math.ceil((right + REACH) / (8 * across))),
    Math.floor(Math.max(0, top - REACH) / (8 * down)),
    mcuBottom,
  );
  if (stopped < 0) return undefined;
  const marker = (mcuBottom === rows ? stopped : code.nextMarker(stopped, file + bytes.length)) - file;
  if (bytes[marker + 1] !== EOI) return undefined;

  const out = arena.take(width * height * 3);
  const from = left - (left % 16);
  if (blue === undefined || red === undefined) {
    code.greyToRgb(luma.plane, luma.stride, from, right, top, bottom, out, width * 3);
  } else {
    const chroma = [blue.plane, red.plane, blue.stride, across, down, Math.ceil(width / across)] as const;
    const seen = [from, right, top, bottom, out, width * 3] as const;
    code.planesToRgb(luma.plane, luma.stride, ...chroma, Math.ceil(height / down), ...seen);
  }
  return arena.imageAt(out, jpeg);
}

const edges = ({ left, top, width, height }: CropBox) => ({ left, top, right: left + width, bottom: top + height });

/** False where a table is no table, or one that is used is missing. */
function makeTables(arena: Arena, { components, huffmanTables }: PlainJpeg): boolean {
  for (const { kind, id, counts, symbols } of huffmanTables) {
    const at = arena.place(counts);
    if (arena.code.huffmanTable(kind, id, at, arena.place(symbols)) === 0) return false;
  }
  const has = (kind: number, id: number): boolean =>
    huffmanTables.some((table) => table.kind === kind && table.id === id);
  return components.every(({ dcTable, acTable }) => has(0, dcTable) && has(1, acTable));
}

/** The address of 64 numbers: by place in the stream the byte offset in the block, above the quantiser's step. */
function quantiserSteps(arena: Arena, table: Uint8Array | undefined): number | undefined {
  if (table === undefined) return undefined;
  const { address, words } = arena.words(64);
  for (let k = 0; k < 64; k += 1) words[k] = (zigzag[k]! << 17) | table[k]!;
  return address;
}
