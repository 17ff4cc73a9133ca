import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasWideVectors, widenVectors } from "./vector-width.ts";

/** Where `node tools/bootstrap.mjs --newer-driver` puts Mesa's newer lavapipe: Vulkan's manifest of it. */
export const newerDriver = join(import.meta.dirname, "../../../../.cache/newer-driver/fledge_newer_driver.json");

const install = "node tools/bootstrap.mjs --newer-driver installs it";
const drivers = ["newer", "system"];

/**
 * Lets the Vulkan loader find the checkout's newer lavapipe in place of the system's, where it is installed; other
 * drivers, those of GPUs among them, stay. That lavapipe computes in 16 lanes where the processor has AVX-512.
 * FLEDGE_DRIVER=system leaves all as it is, FLEDGE_DRIVER=newer insists on it, and VK_DRIVER_FILES, the loader's own
 * variable, wins over both. Has an effect only before Vulkan is loaded; processes started later inherit it
 * (LoaderDriverInterface.md of Vulkan-Loader).
 * @returns what is wrong with the variables, or null
 */
export function chooseDriver(
  env: NodeJS.ProcessEnv = process.env,
  manifest = newerDriver,
  wide = hasWideVectors(),
): string | null {
  const wanted = env["FLEDGE_DRIVER"] || undefined;
  if (wanted !== undefined && !drivers.includes(wanted))
    return `FLEDGE_DRIVER=${wanted}: give newer or system, or unset it for the newer one where it is installed`;
  const given = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].find((name) => env[name]);
  if (given !== undefined)
    return wanted === "newer" ? `FLEDGE_DRIVER=newer and ${given}=${env[given]} name two drivers: unset one` : null;
  if (wanted === "system") return null;
  if (!existsSync(manifest))
    return wanted === "newer" ? `FLEDGE_DRIVER=newer: ${manifest} is not there; ${install}` : null;
  const add = (name: string, value: string, separator: string): void => {
    const others = (env[name] ?? "").split(separator).filter((one) => one !== "" && one !== value);
    env[name] = [value, ...others].join(separator);
  };
  add("VK_ADD_DRIVER_FILES", manifest, ":");
  // By the names of manifests; Debian, Ubuntu, Fedora and Arch name lavapipe's lvp_icd.json or lvp_icd.x86_64.json.
  add("VK_LOADER_DRIVERS_DISABLE", "lvp_icd*", ",");
  widenVectors(env, wide);
  return null;
}
