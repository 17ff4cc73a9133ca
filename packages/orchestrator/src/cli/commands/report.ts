import type { Command } from "commander";
import { writeReport } from "../../report/write-report.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { log } from "../log.ts";
import { printTables } from "../print-tables.ts";

export function register(program: Command): void {
  program
    .command("report")
    .description("write a run's report again: tables 2 and 3, figures 2 and 3, one self-contained page")
    .requiredOption("--run <dir>", "folder of the run")
    .action(async ({ run: path }: { run: string }) => {
      const run = await RunDirectory.open(path);
      const page = await writeReport(run, (problem) => log.warn(problem));
      await printTables(run);
      log.success(`the report is ${page}`);
    });
}
