import type { AdapterFlags, RunFlags, TuningFlags } from "../options.ts";
import { drawMissingDemoData } from "./dataset.ts";
import { runReproduction } from "./reproduce.ts";

/** The demo data, and the paper on them. */
export async function demo(flags: RunFlags & TuningFlags & AdapterFlags): Promise<void> {
  await drawMissingDemoData();
  await runReproduction(flags);
}
