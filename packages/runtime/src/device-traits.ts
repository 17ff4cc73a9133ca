/** What a planner may know of the device it plans for; plain data, so plans can be made and tested without one. */
export interface DeviceTraits {
  /** `software` runs on the CPU (lavapipe, SwiftShader), where workgroup memory is slow. */
  readonly deviceClass: "software" | "integrated" | "discrete";
  readonly features: ReadonlySet<string>;
  /** Lanes of a subgroup; 1 where subgroups are missing. */
  readonly subgroupSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** WebGPU's guaranteed limits and no optional feature: a plan made for this runs anywhere. */
export const baselineDevice: DeviceTraits = {
  deviceClass: "software",
  features: new Set(),
  subgroupSize: 1,
  maxStorageBufferBindingSize: 134217728,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
};
