import type { DeviceTraits, SoftwareRoad, SubgroupMatrix } from "../device-traits.ts";
import { deviceClassOf } from "./device-class.ts";
import { softwareRoadOf } from "./software-road.ts";

/** An adapter in words and plain data. */
export interface AdapterDescription {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly driver: string;
  /** Told by vendor and name where it is a GPU, see `deviceClassOf`. */
  readonly deviceClass: DeviceTraits["deviceClass"];
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** Told by the driver, see `softwareRoadOf`; undefined on a GPU. */
  readonly softwareRoad: SoftwareRoad | undefined;
  /** Lanes of a subgroup; 1 where subgroups are missing or their size varies from shader to shader. */
  readonly subgroupSize: number;
  /** What Dawn's experimental subgroup-matrix feature offers; empty where the adapter lacks it. */
  readonly subgroupMatrices: readonly SubgroupMatrix[];
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

function limitsOf(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}

function subgroupSizeOf({ features, info }: GPUAdapter): number {
  const { subgroupMinSize, subgroupMaxSize } = info;
  return features.has("subgroups") && subgroupMinSize === subgroupMaxSize ? (subgroupMinSize ?? 1) : 1;
}

/** Plain copies of Dawn's `GPUAdapterInfo.subgroupMatrixConfigs`, which WebGPU's types do not know. */
function subgroupMatricesOf({ info }: GPUAdapter): SubgroupMatrix[] {
  const configs = (Reflect.get(info, "subgroupMatrixConfigs") ?? []) as Iterable<SubgroupMatrix>;
  return Array.from(configs, ({ componentType, resultComponentType, M, N, K }) => ({
    componentType,
    resultComponentType,
    M,
    N,
    K,
  }));
}

export function describeAdapter(adapter: GPUAdapter): AdapterDescription {
  const info = adapter.info;
  const deviceClass = deviceClassOf(info);
  return {
    // Browsers tell no more than vendor and architecture: "nvidia ada-lovelace".
    name: info.device || info.description || `${info.vendor} ${info.architecture}`.trim() || "unnamed adapter",
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    deviceClass,
    software: deviceClass === "software",
    softwareRoad: deviceClass === "software" ? softwareRoadOf(info.device, info.description) : undefined,
    subgroupSize: subgroupSizeOf(adapter),
    subgroupMatrices: subgroupMatricesOf(adapter),
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter),
  };
}
