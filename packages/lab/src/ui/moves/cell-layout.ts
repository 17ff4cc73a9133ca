import { cellCount } from "./words.ts";

/** From a cell to the next, in pixels. */
export const pitch = 18;
const gap = 8;
/** Above a block, with its index. */
const labelHeight = 12;
/** Cells beside one another that fit a page; longer rows than that scroll. */
const widest = 64;
/** Cells in a line of what has one dimension. */
const wrapped = 16;

/** Where the cells of a memory stand in its picture. */
interface CellLayout {
  readonly placeOf: (cell: number) => readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
  /** Indices that a picture of blocks needs: `[3]` above the fourth. */
  readonly labels: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

const blockGap = (place: number, block: number): number => Math.floor(place / block) * gap;

/** Rows of `columns` cells, with a gap behind so many columns and rows. */
function rowsOf(count: number, columns: number, strip = Infinity, block = Infinity): CellLayout {
  const across = (column: number): number => column * pitch + (strip === Infinity ? 0 : blockGap(column, strip));
  const down = (row: number): number => row * pitch + (block === Infinity ? 0 : blockGap(row, block));
  return {
    placeOf: (cell) => [across(cell % columns) + 1, down(Math.floor(cell / columns)) + 1],
    width: across(Math.min(columns, count) - 1) + pitch + 2,
    height: down(Math.ceil(count / columns) - 1) + pitch + 2,
    labels: [],
  };
}

/** How many of `count` blocks stand in a line: a square of them, as of Winograd's 16 positions, where they divide so. */
function blocksInLine(count: number, columns: number): number {
  let most = Math.min(Math.ceil(Math.sqrt(count)), Math.max(1, Math.floor(widest / columns)));
  while (count % most !== 0) most -= 1;
  return most;
}

/** A stack of matrices side by side. */
function blocksOf(count: number, rows: number, columns: number): CellLayout {
  const inLine = blocksInLine(count, columns);
  const [stepX, stepY] = [columns * pitch + 2 * gap, rows * pitch + labelHeight + gap];
  const corner = (block: number): readonly [number, number] => [
    (block % inLine) * stepX + 1,
    Math.floor(block / inLine) * stepY + labelHeight + 1,
  ];
  return {
    placeOf: (cell) => {
      const [x, y] = corner(Math.floor(cell / (rows * columns)));
      return [x + (cell % columns) * pitch, y + (Math.floor(cell / columns) % rows) * pitch];
    },
    width: inLine * stepX - 2 * gap + 2,
    height: (count / inLine) * stepY - gap + 2,
    labels: Array.from({ length: count }, (_, block) => {
      const [x, y] = corner(block);
      return { text: `[${block}]`, x, y: y - 3 };
    }),
  };
}

/** Pixels with their channels beside one another, stacks of matrices as blocks, all else row by row. */
export function layoutOf(shape: readonly number[]): CellLayout {
  const count = cellCount({ shape });
  const [last = 1, before = 1, third = 1] = [...shape].reverse();
  if (shape.length <= 1) return rowsOf(count, wrapped);
  if (shape.length === 2) return rowsOf(count, last);
  if (shape.length >= 4 && last * before <= widest) return rowsOf(count, last * before, last, third);
  return blocksOf(count / (last * before), before, last);
}
