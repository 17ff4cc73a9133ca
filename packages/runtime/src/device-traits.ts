/** Matrices that a subgroup multiplies at once: M x K times K x N, of one component type, added up in another. */
export interface SubgroupMatrix {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/**
 * Which loads a CPU adapter's compiler makes cheap. `lanes`: every lane's load is a branch and a test of bounds of its
 * own, whatever its address, so that lanes load for one another and broadcast (Mesa before 25.1, SwiftShader).
 * `uniform`: an address that is the same for all lanes is one scalar load, any other a gather (Mesa from 25.1 on).
 */
export type SoftwareRoad = "lanes" | "uniform";

/** What a planner may know of the device it plans for; plain data, so plans can be made and tested without one. */
export interface DeviceTraits {
  /**
   * `software` computes on the CPU (lavapipe, SwiftShader), where workgroup memory is slow; `integrated` is a GPU that
   * shares the system's memory, `discrete` one with memory of its own.
   */
  readonly deviceClass: "software" | "integrated" | "discrete";
  /** Of a `software` adapter; undefined on a GPU, and where it is not known, which counts as `lanes`. */
  readonly softwareRoad?: SoftwareRoad | undefined;
  /** Whether the driver takes up to a minute to compile large kernels, so that rungs which are no use on it may refuse it. */
  readonly slowCompiler?: boolean | undefined;
  readonly features: ReadonlySet<string>;
  /** Lanes of a subgroup; 1 where subgroups are missing or their size varies from shader to shader. */
  readonly subgroupSize: number;
  /** What Dawn's experimental subgroup-matrix feature offers, where the adapter has it. */
  readonly subgroupMatrices?: readonly SubgroupMatrix[];
  readonly maxStorageBufferBindingSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** WebGPU's guaranteed limits and no optional feature: a plan made for this runs anywhere. */
export const baselineDevice: DeviceTraits = {
  deviceClass: "software",
  features: new Set(),
  subgroupSize: 1,
  maxStorageBufferBindingSize: 134217728,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
};
