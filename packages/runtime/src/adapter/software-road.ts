import type { SoftwareRoad } from "../device-traits.ts";

/** Mesa's release that rewrote how llvmpipe compiles loads and stores (divergence analysis, masked gathers). */
const uniformSince = [25, 1] as const;

/** `llvmpipe: Mesa 26.1.6-1~bpo13+1 (LLVM 19.1.7)`: major and minor, whatever a distribution appends. */
const mesaVersion = /\bMesa\s+v?(\d+)\.(\d+)/i;

const isLavapipe = (device: string, driver: string): boolean => /llvmpipe|lavapipe/i.test(`${device} ${driver}`);

/**
 * Which loads a CPU adapter's compiler makes cheap, told by the driver's description. A llvmpipe that does not tell its
 * version, SwiftShader and others count as "lanes": rungs for "uniform" are five times slower there than rungs for lanes,
 * while those for lanes lose a third on the other road.
 */
export function softwareRoadOf(device: string, driver: string): SoftwareRoad {
  if (!isLavapipe(device, driver)) return "lanes";
  const [, major, minor] = mesaVersion.exec(driver) ?? [];
  if (major === undefined) return "lanes";
  const [sinceMajor, sinceMinor] = uniformSince;
  return Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor)
    ? "uniform"
    : "lanes";
}

/**
 * Whether a driver takes up to a minute to compile a kernel of a few hundred sums and a barrier: lavapipe before Mesa 25.1,
 * where every lane's load is a branch and a barrier makes each of them wait by itself.
 */
export const compilesSlowly = (device: string, driver: string): boolean =>
  isLavapipe(device, driver) && softwareRoadOf(device, driver) === "lanes";
