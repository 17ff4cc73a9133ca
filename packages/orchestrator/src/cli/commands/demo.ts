import type { AdapterFlags, ConfigFlags, DryRunFlags, RunFlags, TuningFlags } from "../options.ts";
import { drawMissingDemoData } from "./dataset.ts";
import { runReproduction } from "./reproduce.ts";

/** The demo data, and the paper on them. */
export async function demo(
  flags: Pick<ConfigFlags, "epochs"> & RunFlags & TuningFlags & AdapterFlags & DryRunFlags,
): Promise<void> {
  await drawMissingDemoData();
  await runReproduction(flags);
}
