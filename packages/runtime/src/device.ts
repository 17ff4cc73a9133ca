import type { AdapterDescription } from "./adapter/describe.ts";
import { compilesSlowly } from "./adapter/software-road.ts";
import type { OpenAdapter } from "./adapter/find.ts";
import type { DeviceTraits } from "./device-traits.ts";

/** Optional features that rungs and the profiler use where an adapter has them. */
const wantedFeatures = [
  "subgroups",
  "shader-f16",
  "timestamp-query",
  "chromium-experimental-subgroup-matrix", // Dawn's own, and only where unsafe APIs are allowed.
] as readonly GPUFeatureName[];

/** The limits that compute shaders meet; the others stay as WebGPU guarantees them. */
const wantedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "minUniformBufferOffsetAlignment",
  "minStorageBufferOffsetAlignment",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** A device with all that the adapter can give to compute shaders. */
export function requestDevice({ adapter }: OpenAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
  });
}

export function traitsOf({ features, limits }: GPUDevice, adapter: AdapterDescription): DeviceTraits {
  return {
    deviceClass: adapter.deviceClass,
    softwareRoad: adapter.softwareRoad,
    slowCompiler: compilesSlowly(adapter.name, adapter.driver),
    features: new Set(features),
    subgroupSize: adapter.subgroupSize,
    subgroupMatrices: adapter.subgroupMatrices,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
  };
}
