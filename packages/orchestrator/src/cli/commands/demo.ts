import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { log } from "../log.ts";
import { withAdapter, withRun, withTuning, type AdapterFlags, type RunFlags, type TuningFlags } from "../options.ts";
import { drawDemoData } from "./dataset.ts";
import { runReproduction } from "./reproduce.ts";

const folder = "demo-data";

export function register(program: Command): void {
  const command = program
    .command("demo")
    .description("draw the demo data set and reproduce the paper on it, in minutes and without a GPU");
  withAdapter(withTuning(withRun(command))).action(async (flags: RunFlags & TuningFlags & AdapterFlags) => {
    if (existsSync(join(folder, "manifest.json"))) log.info(`the demo data are in ${folder} already`);
    else await drawDemoData(folder, {});
    await runReproduction(flags);
  });
}
