import type { DeviceTraits } from "@fledge/runtime";
import { needsAll, needsVectors, type Unsupported } from "./needs.ts";

/** Dawn's name of the feature, which `GPUFeatureName` does not list. */
const feature = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

export const subgroupMatrixFeatures: readonly GPUFeatureName[] = ["subgroups", "shader-f16", feature];

/** Lanes of a subgroup that the rungs divide a workgroup into; their SUBGROUP. */
const SUBGROUP = 32;

const needsMatrices: Unsupported = (_shape, device: DeviceTraits) => {
  if (device.subgroupSize !== SUBGROUP) return `subgroups of ${device.subgroupSize} lanes, ${SUBGROUP} needed`;
  const fits = device.subgroupMatrices?.some(
    ({ componentType, resultComponentType, M, N, K }) =>
      componentType === "f16" && resultComponentType === "f32" && M === 16 && N === 16 && K === 16,
  );
  return fits ? null : "the adapter has no 16 x 16 x 16 matrices with f16 factors and f32 sums";
};

/** `Rung.unsupported` of the tensor-core rungs. */
export const needsSubgroupMatrices: Unsupported = needsAll(needsMatrices, needsVectors);
