import { ceilDiv, elementCount, whyNoMatrices, type Constants, type Rung, type TensorSpec } from "@fledge/runtime";
import { copies } from "./halves.ts";
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

/** Tiles of a workgroup and of a subgroup, in matrices of 16 x 16, from large to small. */
const tiles = [
  { BM: 128, BN: 128, FM: 4, FN: 2, WORKGROUP: 256 },
  { BM: 128, BN: 128, FM: 4, FN: 4, WORKGROUP: 128 },
  { BM: 64, BN: 128, FM: 2, FN: 4, WORKGROUP: 128 },
  { BM: 128, BN: 64, FM: 4, FN: 2, WORKGROUP: 128 },
  { BM: 64, BN: 64, FM: 2, FN: 2, WORKGROUP: 128 },
] as const;

/** Fewer workgroups leave cores of a large GPU without one; H200: 132. */
const busyWorkgroups = 200;

/**
 * The constants of the rungs with big tiles of matrices: the largest whose workgroups are many, and which the product
 * fills. @param split whether K is split where they are few
 */
export function tilesOfMatrices(
  sides: (shape: Conv2dShape) => { readonly gemmM: number; readonly gemmN: number },
  { split }: { readonly split: boolean },
): Pick<Rung<Conv2dShape>, "constants" | "tiles"> {
  return {
    constants: (shape): Constants => {
      const { gemmM, gemmN } = sides(shape);
      const fits = tiles.filter(({ BM, BN }) => BM < 2 * gemmM && BN < 2 * gemmN);
      const busy = fits.find(({ BM, BN }) => ceilDiv(gemmM, BM) * ceilDiv(gemmN, BN) >= busyWorkgroups);
      return { ...((split ? fits[0] : busy) ?? tiles.at(-1)!), ...copies(shape) };
    },
    tiles: (shape) => tiles.map((tile) => ({ ...tile, ...copies(shape) })),
  };
}
