import { UsageError } from "../config/resolve.ts";
import { reportedModels } from "../methods/models-of.ts";
import { tablesMarkdown, tablesOf } from "../report/tables.ts";
import type { RunDirectory } from "../run/run-directory.ts";

/** Whether a command's tables are for a program to read. */
export interface TableFlags {
  readonly json?: boolean;
}

/**
 * Prints tables 2 and 3 as far as the run has come, and table 4 as the report has it; nothing where their file is
 * damaged, of which the report tells. As JSON what `report/tables.json` holds of tables 2 and 3.
 */
export async function printTables(run: RunDirectory, { json }: TableFlags = {}): Promise<void> {
  const results = await run.results().catch((error: unknown) => {
    if (error instanceof UsageError) return undefined;
    throw error;
  });
  if (json) {
    console.log(JSON.stringify(results ? tablesOf(results, reportedModels(run.config)) : [], null, 2));
    return;
  }
  if (results) console.log(`\n${tablesMarkdown(results, reportedModels(run.config))}`);
  const table4 = await run.read("report/table-4.md");
  if (table4 !== undefined) console.log(table4);
}
