export type { AdapterDescription } from "./adapter/describe.ts";
export { listAdapters, type AdapterOptions } from "./adapter/find.ts";
export type { BufferSlice } from "./buffers.ts";
export { choiceText, chosenRung, shapeKey, type Choices, type KernelUse, type RungChoice } from "./choices.ts";
export { baselineDevice, type DeviceTraits, type SoftwareRoad } from "./device-traits.ts";
export * from "./errors.ts";
export { Gpu } from "./gpu.ts";
export type { Constants, Dispatch, Kernel, KernelPlan, Pass, Rung } from "./kernel.ts";
export { ladderOf, rungFile, type Ladder } from "./ladder.ts";
export { planKernel, planNoop, whyNoHalves, whyUnsupported } from "./plan-kernel.ts";
export {
  precisionFeatures,
  precisions,
  roundedOperandsError,
  roundingToHalf,
  roundsOperands,
  traitsFor,
  whyNoMatrices,
  whyNotPrecision,
  type Precision,
  type ReducedPrecision,
} from "./precision.ts";
export type { PreparedDispatch } from "./prepared-dispatch.ts";
export {
  allocationBytes,
  beyondHalfRange,
  describeSpec,
  elementCount,
  inout,
  input,
  output,
  sizeBytes,
  type DataType,
  type KernelTensor,
  type StoredShape,
  type TensorSpec,
} from "./tensor-spec.ts";
export { candidatesVersion, planVersion } from "./version.ts";
export { parseWgsl, type WgslModule } from "./wgsl/module.ts";
export { readWgsl } from "./wgsl/read.ts";
export { constantsOf } from "./wgsl/constant-value.ts";
export { plainType } from "./wgsl/plain-type.ts";
export { applyEdits, type Edit } from "./wgsl/edits.ts";
export { closingOf, splitList } from "./wgsl/source.ts";
export { findResources } from "./wgsl/resources.ts";
export { ceilDiv, linearWorkgroups, mainPass } from "./workgroups.ts";
