import { ceilDiv, type Constants } from "@fledge/runtime";
import { needsVectors } from "./needs-vectors.ts";
import { maxPool2dOutputSize, type MaxPool2dShape } from "./shape.ts";

type Grid = readonly [x: number, y: number, z: number];

/** A grid whose y counts rows and whose z counts images; x covers the columns, with `vectors` invocations for each. */
type GridOf = (shape: MaxPool2dShape, vectors: number, workgroup: number) => Grid;

export const outputGrid: GridOf = (shape, vectors, workgroup) => {
  const { OH, OW } = maxPool2dOutputSize(shape);
  return [ceilDiv(OW * vectors, workgroup), OH, shape.N];
};

export const inputGrid: GridOf = ({ N, IH, IW }, vectors, workgroup) => [ceilDiv(IW * vectors, workgroup), IH, N];

/** Rows and columns of blocks of stride x stride pixels, the first of which begins in the padding. */
export const blockGrid: GridOf = ({ N, IH, IW, stride, padding }, vectors, workgroup) => {
  const blocks = (size: number): number => Math.floor((size - 1 + padding) / stride) + 1;
  return [ceilDiv(blocks(IW) * vectors, workgroup), blocks(IH), N];
};

/** The window as constants of a module. */
export const windowConstants = ({ kernel, stride, padding }: MaxPool2dShape): Constants => ({
  KERNEL: kernel,
  STRIDE: stride,
  PADDING: padding,
});

/** The workgroups along x, y or z that every device takes, and the size of these rungs' workgroups. */
const most = 65535;
const workgroupSize = 64;

/** Why a rung cannot run whose invocations handle channels in fours on such a grid, or null. */
export const needsGrid =
  (gridOf: GridOf) =>
  (shape: MaxPool2dShape): string | null => {
    const vectors = needsVectors(shape);
    if (vectors !== null) return vectors;
    const grid = gridOf(shape, shape.C / 4, workgroupSize);
    return grid.every((count) => count <= most) ? null : `its grid of ${grid.join(" x ")} passes ${most} workgroups`;
  };

/** As `needsGrid`; a block's sums live in registers, which a large stride would exhaust. */
export const needsBlocks = (shape: MaxPool2dShape): string | null =>
  shape.stride > 4 ? `stride ${shape.stride} is above 4` : needsGrid(blockGrid)(shape);
