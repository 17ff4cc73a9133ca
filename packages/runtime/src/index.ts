export { findAdapter, listAdapters, type AdapterDescription, type AdapterOptions } from "./adapter.ts";
export { baselineDevice, type DeviceTraits } from "./device-traits.ts";
export * from "./errors.ts";
export { Gpu, type BufferSlice, type PreparedDispatch } from "./gpu.ts";
export {
  ceilDiv, linearWorkgroups, mainPass, planKernel, whyUnsupported,
  type Constants, type Dispatch, type Kernel, type KernelPlan, type Pass, type Rung, type Workgroups,
} from "./kernel.ts";
export {
  allocationBytes, describeSpec, elementCount, inout, input, output, sizeBytes,
  type DataType, type KernelTensor, type TensorRole, type TensorSpec,
} from "./tensor-spec.ts";
export { readWgsl } from "./wgsl.ts";
