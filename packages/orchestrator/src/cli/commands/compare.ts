import { checkWritable, writeFileWhole } from "@fledge/files";
import { compareRuns } from "../../compare/compare-runs.ts";
import { comparisonPage } from "../../compare/comparison-page.ts";
import { comparisonJson, comparisonText } from "../../compare/comparison-text.ts";
import { log } from "../log.mjs";

interface Flags {
  readonly html?: string;
  readonly json?: true;
}

/** Prints what tells runs apart. */
export async function compare(paths: readonly string[], { html, json }: Flags): Promise<void> {
  const comparison = await compareRuns(paths);
  if (html !== undefined) await checkWritable(html);
  for (const problem of comparison.unread) log.warn(`left out: ${problem}`);
  process.stdout.write(json ? comparisonJson(comparison) : comparisonText(comparison));
  if (html === undefined) return;
  await writeFileWhole(html, comparisonPage(comparison));
  log.success(`written: ${html}`);
}
