import { UsageError } from "../config/resolve.ts";
import { reportedModels } from "../methods/models-of.ts";
import { tablesMarkdown } from "../report/tables.ts";
import type { RunDirectory } from "../run/run-directory.ts";

/** Prints tables 2 and 3 as far as the run has come; nothing where their file is damaged, of which the report tells. */
export async function printTables(run: RunDirectory): Promise<void> {
  const results = await run.results().catch((error: unknown) => {
    if (error instanceof UsageError) return undefined;
    throw error;
  });
  if (results) console.log(`\n${tablesMarkdown(results, reportedModels(run.config))}`);
}
