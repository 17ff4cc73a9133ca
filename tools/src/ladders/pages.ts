import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderDetails, renderRates, type LadderResult } from "@fledge/bench";
import { writeFileWhole } from "@fledge/files";
import { replaceBlock } from "./blocks.ts";
import { ladderChart } from "./chart.ts";
import { laddersOf } from "./find-ladders.ts";
import { keptResults } from "./results.ts";
import { renderTree } from "./tree.ts";

/** A file that is written from a kernel's code and its kept results, and what it should hold. */
interface Page {
  readonly path: string;
  readonly text: string;
}

const chartOf = (name: string): string => `drawings/${name}.svg`;

/** What stands between the markers of a ladder: its chart, a table for each adapter, and the rest folded away. */
const renderResults = (name: string, results: readonly LadderResult[]): string =>
  [
    `![Rate of each rung of ${name} in percent of the adapter's ceiling, a point for each layer](${chartOf(name)})`,
    ...results.map(renderRates),
    "<details>\n<summary>Shapes, times, shares of the ceiling, errors</summary>",
    ...results.map(renderDetails),
    "</details>",
  ].join("\n\n");

/**
 * README and charts of the kernel's project in `root`, as they should be.
 * @throws where the README lacks a ladder's markers
 */
export async function pagesOf(root: string): Promise<Page[]> {
  const readme = join(root, "README.md");
  const kept = keptResults(root);
  const charts: Page[] = [];
  let text = readFileSync(readme, "utf8");
  for (const { ladder } of await laddersOf(root)) {
    const { name } = ladder;
    text = replaceBlock(text, readme, "tree", name, `\`\`\`text\n${renderTree(ladder)}\n\`\`\``);
    const results = kept[name] ?? [];
    text = replaceBlock(text, readme, "ladder", name, results.length === 0 ? "" : renderResults(name, results));
    if (results.length > 0) charts.push({ path: join(root, chartOf(name)), text: ladderChart(results) });
  }
  // Not on a bare machine, which measures and writes no page.
  const { format, resolveConfig } = await import("prettier");
  const formatted = await format(text, { ...(await resolveConfig(readme)), filepath: readme });
  return [{ path: readme, text: formatted }, ...charts];
}

const isUpToDate = ({ path, text }: Page): boolean => existsSync(path) && readFileSync(path, "utf8") === text;

/** Pages of `root` that are not as they should be. */
export const stalePages = async (root: string): Promise<Page[]> =>
  (await pagesOf(root)).filter((page) => !isUpToDate(page));

/** Writes the README and the charts of `root` anew where they changed. @returns the paths of those that did */
export async function writePages(root: string): Promise<string[]> {
  const stale = await stalePages(root);
  for (const { path, text } of stale) await writeFileWhole(path, text);
  return stale.map(({ path }) => path);
}
