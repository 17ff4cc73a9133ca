import type { Command } from "commander";
import {
  withAdapter,
  withDryRun,
  withRun,
  withTuning,
  type AdapterFlags,
  type DryRunFlags,
  type RunFlags,
  type TuningFlags,
} from "../options.ts";
import { drawMissingDemoData } from "./dataset.ts";
import { runReproduction } from "./reproduce.ts";

export function register(program: Command): void {
  const command = program
    .command("demo")
    .description("draw the demo data set and reproduce the paper on it, in minutes and without a GPU");
  const complete = withAdapter(withTuning(withDryRun(withRun(command))));
  complete.action(async (flags: RunFlags & TuningFlags & AdapterFlags & DryRunFlags) => {
    await drawMissingDemoData();
    await runReproduction(flags);
  });
}
