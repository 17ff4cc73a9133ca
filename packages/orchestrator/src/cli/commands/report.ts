import { writeReport } from "../../report/write-report.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { log } from "../log.ts";
import { printTables } from "../print-tables.ts";

/** Writes the report of a run again. */
export async function report({ run: path }: { readonly run: string }): Promise<void> {
  const run = await RunDirectory.open(path);
  const page = await writeReport(run, (problem) => log.warn(problem));
  await printTables(run);
  log.success(`the report is ${page}`);
}
