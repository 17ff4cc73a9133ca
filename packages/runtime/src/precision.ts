import type { DeviceTraits } from "./device-traits.ts";
import type { Rung } from "./kernel.ts";

/**
 * How products of matrices and convolutions compute. `f16`: operands rounded to f16, products and sums in f32.
 * `matrix`: the same on matrix units, by Dawn's experimental subgroup matrices.
 */
export const precisions = ["f32", "f16", "matrix"] as const;
export type Precision = (typeof precisions)[number];

/** A precision below f32, as a kernel's shape names it; where it names none the kernel computes in f32. */
export type ReducedPrecision = Exclude<Precision, "f32">;

/** Dawn's name of the feature, which `GPUFeatureName` does not list. */
const subgroupMatrixFeature = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

/** The features that each precision's rungs want. */
export const precisionFeatures: Readonly<Record<Precision, readonly GPUFeatureName[]>> = {
  f32: [],
  f16: ["shader-f16"],
  matrix: ["subgroups", "shader-f16", subgroupMatrixFeature],
};

/** Whether a rung computes with operands rounded to f16. What only has tensors stored so wants the feature for its plan. */
export const roundsOperands = ({ features }: Pick<Rung<never>, "features">): boolean =>
  features?.includes("shader-f16") ?? false;

/** Lanes of a subgroup that the rungs for matrix units divide a workgroup into. */
const matrixLanes = 32;

type Traits = Pick<DeviceTraits, "features" | "subgroupSize" | "subgroupMatrices">;

/** Why an adapter that has the feature does not have the matrices that our rungs multiply, or null. */
export function whyNoMatrices({ subgroupSize, subgroupMatrices }: Traits): string | null {
  if (subgroupSize !== matrixLanes) return `subgroups of ${subgroupSize} lanes, ${matrixLanes} needed`;
  const fits = subgroupMatrices?.some(
    ({ componentType, resultComponentType, M, N, K }) =>
      componentType === "f16" && resultComponentType === "f32" && M === 16 && N === 16 && K === 16,
  );
  return fits ? null : "the adapter has no 16 x 16 x 16 matrices with f16 factors and f32 sums";
}

/** Why a device cannot compute in a precision, or null. */
export function whyNotPrecision(precision: Precision, traits: Traits): string | null {
  const missing = precisionFeatures[precision].filter((feature) => !traits.features.has(feature));
  if (missing.length > 0) return `the adapter lacks ${missing.join(", ")}`;
  return precision === "matrix" ? whyNoMatrices(traits) : null;
}

/** The traits with what a precision wants, for plans that no device is there for. */
export const traitsFor = (precision: Precision, traits: DeviceTraits): DeviceTraits => ({
  ...traits,
  features: new Set([...traits.features, ...precisionFeatures[precision]]),
  ...(precision === "matrix" && {
    subgroupSize: matrixLanes,
    subgroupMatrices: [{ componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 }],
  }),
});

/** How far rounding to f16, to either neighbour, moves a value within range: below 2^-14 a device may flush it to 0. */
export const roundingToHalf = (value: number): number => Math.abs(value) * 2 ** -10 + 2 ** -14;

/**
 * `Rung.errorFactor` where sums of `terms` products are of operands rounded to f16 and added up in f32. WGSL lets a
 * rounding take either neighbour, so an operand is off by 2^-10 of itself and a product by 2^-9 and a little; the plain
 * bound is (4 + sqrt(terms)) * 2^-23 of the sum of |products|. Operands below 2^-14 lose more: a quarter stands for them.
 */
export const roundedOperandsError = (terms: number): number =>
  1 + (1.25 * 2 ** -9) / ((4 + Math.sqrt(terms)) * 2 ** -23);
