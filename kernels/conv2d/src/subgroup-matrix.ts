import { ceilDiv, elementCount, whyNoMatrices, type Constants, type Rung, type TensorSpec } from "@fledge/runtime";
import { copies } from "./halves.ts";
import { needsPlainProduct } from "./lanes.ts";
import { needsAll, needsVectors, type Unsupported } from "./needs.ts";
import type { Conv2dShape } from "./shape.ts";

const needsMatrices: Unsupported = (_shape, device) => whyNoMatrices(device);

/** `Rung.unsupported` of the tensor-core rungs. */
export const needsSubgroupMatrices: Unsupported = needsAll(needsMatrices, needsVectors);

/** The f32 elements of a result: what stores one to a tensor must be bound to at least as many. */
const matrixElements = 16 * 16;

/** `Rung.unsupported` of the rungs that store matrices to a result of `size` elements. */
export const needsWholeMatrix = (size: (shape: Conv2dShape) => number): Unsupported =>
  needsAll(needsSubgroupMatrices, (shape) =>
    size(shape) < matrixElements ? `its result has ${size(shape)} elements, a matrix ${matrixElements}` : null,
  );

/** A tensor of partial results, of at least one matrix. */
export const wholeMatrix = (spec: TensorSpec): TensorSpec =>
  elementCount(spec) < matrixElements ? { ...spec, shape: [matrixElements] } : spec;

/** The rows and columns of a matrix. */
const side = 16;

/** `Rung.unsupported` of the rungs that load matrices from where activations lie. */
export const needsDirectMatrices: Unsupported = needsAll(
  needsMatrices,
  needsPlainProduct,
  ({ storage }) => (storage === "f16" ? null : "activations lie in memory as f32, and matrices are loaded from f16"),
  (shape) => {
    const ragged = (["IC", "OC"] as const).find((name) => shape[name] % side !== 0);
    return ragged === undefined ? null : `${ragged} = ${shape[ragged]} is no multiple of ${side}`;
  },
  ({ N, IH, IW }) => (N * IH * IW < side ? `there are ${N * IH * IW} pixels, a matrix has ${side}` : null),
);

interface MatrixTile {
  readonly BM: number;
  readonly BN: number;
  readonly FM: number;
  readonly FN: number;
  readonly WORKGROUP: number;
}

/** Tiles of a workgroup and of a subgroup, in matrices of 16 x 16, from large to small. */
const tiles: readonly MatrixTile[] = [
  { BM: 128, BN: 128, FM: 4, FN: 2, WORKGROUP: 256 },
  { BM: 128, BN: 128, FM: 4, FN: 4, WORKGROUP: 128 },
  { BM: 64, BN: 128, FM: 2, FN: 4, WORKGROUP: 128 },
  { BM: 128, BN: 64, FM: 4, FN: 2, WORKGROUP: 128 },
  { BM: 64, BN: 64, FM: 2, FN: 2, WORKGROUP: 128 },
];

/** The same where matrices are loaded from memory: a subgroup's tile decides how often. */
const directTiles: readonly MatrixTile[] = [
  { BM: 128, BN: 128, FM: 4, FN: 4, WORKGROUP: 128 },
  { BM: 64, BN: 128, FM: 4, FN: 4, WORKGROUP: 64 },
  { BM: 128, BN: 64, FM: 4, FN: 4, WORKGROUP: 64 },
  { BM: 128, BN: 128, FM: 4, FN: 2, WORKGROUP: 256 },
  { BM: 64, BN: 64, FM: 2, FN: 2, WORKGROUP: 128 },
];

/** Fewer workgroups leave cores of a large GPU without one; H200: 132. */
const busyWorkgroups = 200;

type Sides = (shape: Conv2dShape) => { readonly gemmM: number; readonly gemmN: number };

interface Splitting {
  /** Whether K is split where workgroups are few. */
  readonly split: boolean;
}

/** The largest of some tiles whose workgroups are many, and which the product fills; the last where there is none. */
function largestOf(from: readonly MatrixTile[], sides: Sides, { split }: Splitting, shape: Conv2dShape): MatrixTile {
  const { gemmM, gemmN } = sides(shape);
  const fits = from.filter(({ BM, BN }) => BM < 2 * gemmM && BN < 2 * gemmN);
  const busy = fits.find(({ BM, BN }) => ceilDiv(gemmM, BM) * ceilDiv(gemmN, BN) >= busyWorkgroups);
  return (split ? fits[0] : busy) ?? from.at(-1)!;
}

/** The constants of the rungs with big tiles of matrices. */
export const tilesOfMatrices = (
  sides: Sides,
  splitting: Splitting,
): Pick<Rung<Conv2dShape>, "constants" | "tiles"> => ({
  constants: (shape): Constants => ({ ...largestOf(tiles, sides, splitting, shape), ...copies(shape) }),
  tiles: (shape) => tiles.map((tile) => ({ ...tile, ...copies(shape) })),
});

/** The constants of the rungs that load matrices from memory. */
export const tilesOfDirectMatrices = (
  sides: Sides,
  splitting: Splitting,
): Pick<Rung<Conv2dShape>, "constants" | "tiles"> => ({
  constants: (shape): Constants => ({ ...largestOf(directTiles, sides, splitting, shape) }),
  tiles: () => directTiles.map((tile) => ({ ...tile })),
});
