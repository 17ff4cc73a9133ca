import { writeReport } from "../../report/write-report.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { log } from "../log.mjs";
import { printTables, type TableFlags } from "../print-tables.ts";

/** Writes the report of a run again. */
export async function report(flags: TableFlags & { readonly run: string }): Promise<void> {
  const run = await RunDirectory.open(flags.run);
  const page = await writeReport(run, (problem) => log.warn(problem));
  await printTables(run, flags);
  log.success(`the report is ${page}`);
}
