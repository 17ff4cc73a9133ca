import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The processor's instruction sets as Linux names them; none where that is not to be read. */
function processorFlags(): readonly string[] {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(/\s+/) ?? [];
  } catch {
    return [];
  }
}

/** Whether lavapipe's vectors of 512 bits, 16 lanes, are vectors of this processor's too. */
export const hasWideVectors = (flags: readonly string[] = processorFlags()): boolean => flags.includes("avx512f");

/**
 * Lets lavapipe compute in 16 lanes where the processor has vectors for it, unless LP_NATIVE_VECTOR_WIDTH says otherwise;
 * by itself it takes 8. To be asked for only of Mesa from 25.1 on: before it a shuffle among 16 lanes is a loop in every
 * rung that is a default there. Mesa finds compiled shaders again by no width, so that each needs a folder of its own.
 */
export function widenVectors(env: NodeJS.ProcessEnv, wide: boolean): void {
  if (!wide || env["LP_NATIVE_VECTOR_WIDTH"]) return;
  env["LP_NATIVE_VECTOR_WIDTH"] = "512";
  try {
    // A user without a home has none to be found, and `homedir` throws.
    const caches = env["MESA_SHADER_CACHE_DIR"] || env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
    const folder = join(caches, "lavapipe-512");
    mkdirSync(folder, { recursive: true, mode: 0o700 }); // Mesa makes one folder, not those above it.
    env["MESA_SHADER_CACHE_DIR"] = folder;
  } catch {
    env["MESA_SHADER_CACHE_DISABLE"] = "true"; // Nothing can be kept there, and what lies elsewhere is of another width.
  }
}
