import { existsSync } from "node:fs";
import { newerDriver } from "@fledge/runtime/src/adapter/driver-choice.ts";
import { hasWideVectors } from "@fledge/runtime/src/adapter/vector-width.ts";
import type { AdapterDescription, SoftwareRoad } from "@fledge/runtime";

const roads: Readonly<Record<SoftwareRoad, string>> = {
  lanes: "loads cost the same at any address, so that lanes broadcast to one another what they share",
  uniform: "loads at one address for all lanes are cheap, others are gathers (Mesa from 25.1 on)",
};

/** What was measured on two cores (bench/results/peers.md): for who wonders whether to install it. */
const gain =
  "Mesa 25.1 and later compile shaders about five times faster; on a processor with AVX-512 a training step of ResNet-50 " +
  "on 224 pixels runs 49 times as fast as TensorFlow.js on the same driver, where it is 17 times on 25.0.7";

/** Whose driver it is: the loader's own variable wins over the checkout's, see `chooseDriver` of the runtime. */
function originOf(env: NodeJS.ProcessEnv, manifest: string): string {
  const given = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].find((name) => env[name]);
  if (given !== undefined) return `named by ${given}=${env[given]}`;
  return env["VK_ADD_DRIVER_FILES"]?.split(":").includes(manifest)
    ? `this checkout's, ${manifest}: delete its folder to go back to the system's`
    : "the system's";
}

/** What a system's own lavapipe is to be told; the checkout's is told by `chooseDriver`. */
const widen =
  "LP_NATIVE_VECTOR_WIDTH=512 makes 16 lanes of its 8, as this processor has AVX-512; give it a MESA_SHADER_CACHE_DIR of " +
  "its own, since Mesa does not tell the compiled shaders of two widths apart";

/**
 * Which rungs a software adapter's driver gets by default and why, and how to get a driver that computes faster.
 * @param env after the adapter was opened, which chooses the driver
 * @returns lines for `fledge doctor`; none for a GPU
 */
export function roadLines(
  { softwareRoad, driver }: Pick<AdapterDescription, "softwareRoad" | "driver">,
  env: NodeJS.ProcessEnv = process.env,
  manifest = newerDriver,
  wide = hasWideVectors(),
): string[] {
  if (softwareRoad === undefined) return [];
  const mend = existsSync(manifest)
    ? "it is installed in this checkout, and FLEDGE_DRIVER or VK_DRIVER_FILES leaves it out"
    : "node tools/bootstrap.mjs --newer-driver installs it for this checkout alone, or says what to install";
  return [
    `driver from   ${originOf(env, manifest)}`,
    `road          ${softwareRoad}: ${roads[softwareRoad]}`,
    ...(softwareRoad === "uniform" && wide && !env["LP_NATIVE_VECTOR_WIDTH"] ? [`wider         ${widen}`] : []),
    ...(softwareRoad === "lanes" && /llvmpipe/i.test(driver) ? [`newer driver  ${gain}; ${mend}`] : []),
  ];
}
