import { Gpu } from "@fledge/runtime";
import { keepCompiledShaders } from "./compiled-shaders.ts";
import { log } from "./log.mjs";
import type { AdapterFlags } from "./options.ts";

/** Opens the adapter that the flags ask for and names it. */
export async function openGpu({ adapter, power, software }: AdapterFlags): Promise<Gpu> {
  const mend = keepCompiledShaders();
  if (mend !== null) log.warn(mend);
  const gpu = await Gpu.open({ adapter, power, software });
  log.info(
    `computing on ${gpu.adapter.name} (${gpu.adapter.software ? "software, on the CPU" : "GPU"}; ${gpu.adapter.driver})`,
  );
  return gpu;
}
