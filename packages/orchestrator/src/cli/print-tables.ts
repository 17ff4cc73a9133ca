import { UsageError } from "../config/resolve.ts";
import { reportedModels } from "../methods/models-of.ts";
import { tablesMarkdown } from "../report/tables.ts";
import type { RunDirectory } from "../run/run-directory.ts";

/**
 * Prints tables 2 and 3 as far as the run has come, and table 4 as the report has it; nothing where their file is
 * damaged, of which the report tells.
 */
export async function printTables(run: RunDirectory): Promise<void> {
  const results = await run.results().catch((error: unknown) => {
    if (error instanceof UsageError) return undefined;
    throw error;
  });
  if (results) console.log(`\n${tablesMarkdown(results, reportedModels(run.config))}`);
  const table4 = await run.read("report/table-4.md");
  if (table4 !== undefined) console.log(table4);
}
