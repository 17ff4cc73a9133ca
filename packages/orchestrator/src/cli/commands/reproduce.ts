import type { Command } from "commander";
import { reproduce } from "../../methods/reproduce.ts";
import { writeReport } from "../../report/write-report.ts";
import { log } from "../log.ts";
import {
  withAdapter,
  withConfig,
  withRun,
  withTuning,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "../options.ts";
import { withSession } from "../open-session.ts";
import { printTables } from "../print-tables.ts";

type Flags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags;

/** Runs all stages, writes the report and prints both tables; shared with `demo`. */
export async function runReproduction(flags: Flags): Promise<void> {
  await withSession(flags, async ({ session, data }) => {
    await reproduce(session, data);
    const page = await writeReport(session.run, (problem) => log.warn(problem));
    await printTables(session.run);
    log.success(`the report is ${page}`);
  });
}

export function register(program: Command): void {
  const command = program
    .command("reproduce")
    .description("run the whole paper: teacher, pseudo-labels, student, noisy student, tables and figures");
  withAdapter(withTuning(withRun(withConfig(command)))).action(runReproduction);
}
