import { tablesMarkdown } from "../report/tables.ts";
import type { RunDirectory } from "../run/run-directory.ts";

/** Prints tables 2 and 3 as far as the run has come. */
export async function printTables(run: RunDirectory): Promise<void> {
  const results = await run.results();
  if (results) console.log(`\n${tablesMarkdown(results)}`);
}
