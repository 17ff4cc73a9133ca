import type { Command } from "commander";
import { withAdapter, withRun, withTuning, type AdapterFlags, type RunFlags, type TuningFlags } from "../options.ts";
import { drawMissingDemoData } from "./dataset.ts";
import { runReproduction } from "./reproduce.ts";

export function register(program: Command): void {
  const command = program
    .command("demo")
    .description("draw the demo data set and reproduce the paper on it, in minutes and without a GPU");
  withAdapter(withTuning(withRun(command))).action(async (flags: RunFlags & TuningFlags & AdapterFlags) => {
    await drawMissingDemoData();
    await runReproduction(flags);
  });
}
