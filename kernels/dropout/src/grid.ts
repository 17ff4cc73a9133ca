import { ceilDiv, type Constants } from "@fledge/runtime";
import type { DropPathShape } from "./shape.ts";

/** A grid whose y counts images; x covers an image's vectors, `each` of them by one invocation. */
export const imageGrid = ({ N, size }: DropPathShape, { WORKGROUP }: Constants, each = 1): [number, number, number] => [
  ceilDiv(size / 4, WORKGROUP * each),
  N,
  1,
];

/** Why a rung that handles elements in fours cannot run, or null. */
export const needsVectors = ({ size }: DropPathShape): string | null =>
  size % 4 === 0 ? null : `size ${size} is no multiple of 4`;

/** The workgroups along x or y that every device takes, and the size of these rungs' workgroups. */
const most = 65535;
const workgroupSize = 64;

/** Why a rung on `imageGrid` cannot run, or null. */
export function needsGrid(shape: DropPathShape): string | null {
  const vectors = needsVectors(shape);
  if (vectors !== null) return vectors;
  const [x, y] = imageGrid(shape, { WORKGROUP: workgroupSize });
  return Math.max(x, y) <= most ? null : `its grid of ${x} x ${y} passes ${most} workgroups`;
}
