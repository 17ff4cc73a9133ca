import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkResultsFile, isLadder, replaceResults, saveResults } from "@fledge/bench";
import { writeFileWhole } from "@fledge/files";
import { pagesOf, writePages } from "../ladders/pages.ts";
import { keepResults } from "../ladders/results.ts";
import { confirmed, findSlower, readBaseline, resultsFolder, verdict, type Ladders } from "./baseline.ts";
import { measure, type Measured, type MeasureOptions } from "./measure.ts";
import type { BenchProject } from "./projects.ts";

export interface RunOptions extends MeasureOptions {
  /** Keeps the figures here besides; undefined for the cache alone. */
  readonly json: string | undefined;
  /** Keeps the figures in the project's `results/`, and writes its README's tables and charts from them. */
  readonly readme: boolean;
  /** `--rung ID` and `--shape NAME`, as the scripts take them; a run with any measures only a part and is not kept. */
  readonly filters: readonly string[];
  /** `--adapter NAME`, as the scripts take it. */
  readonly adapter: readonly string[];
}

/** Holds a project's ladders against the baseline. Rungs that look slower are measured once more before they are named. */
async function judge(project: BenchProject, ladders: Ladders, options: RunOptions): Promise<string> {
  const { workspace, adapter, quiet } = options;
  const baseline = readBaseline(workspace);
  let slower = findSlower(baseline, ladders);
  if (slower.changes.length > 0) {
    if (!quiet) console.error(`\n${slower.changes.length} rung(s) look slower than in bench/baseline.json; once more:`);
    const suspects = slower.changes.flatMap(({ rung, layer }) => ["--rung", rung, "--shape", layer]);
    const { results } = await measure(project, options, [...suspects, ...adapter]);
    slower = confirmed(slower, findSlower(baseline, laddersOf(results)));
  }
  return verdict(baseline, ladders, slower);
}

const laddersOf = (results: Readonly<Record<string, unknown>>): Ladders =>
  Object.fromEntries(Object.entries(results).flatMap(([title, result]) => (isLadder(result) ? [[title, result]] : [])));

const figuresFile = (workspace: string, { name }: BenchProject): string =>
  join(resultsFolder(workspace), `${name}.json`);

/**
 * Puts the figures and the verdict of a whole run in place of the one before; where a script of it failed, beside what
 * that one had besides.
 */
async function keep(
  workspace: string,
  project: BenchProject,
  { results, failed }: Measured,
  judgement: string,
): Promise<void> {
  await (failed.length > 0 ? saveResults : replaceResults)(figuresFile(workspace, project), results);
  await writeFileWhole(join(resultsFolder(workspace), `${project.name}.txt`), judgement);
}

/** The verdicts of the latest whole run of each project. */
export function keptVerdicts(workspace: string): string {
  const folder = resultsFolder(workspace);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort();
  return files
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .filter((text) => text !== "")
    .join("\n");
}

/**
 * Measures projects one after the other, keeps the figures, writes them into READMEs if asked to, and says which rungs
 * are slower than in the baseline, which is no failure.
 * @returns what failed, in words
 * @throws before it measures, where a README that is to be written lacks a ladder's markers, or figures could not be kept
 */
export async function runProjects(projects: readonly BenchProject[], options: RunOptions): Promise<string[]> {
  const { workspace, json, readme, printJson, filters, adapter } = options;
  const partial = filters.length > 0;
  if (readme && partial) throw new Error("--readme writes whole tables: leave --rung and --shape out");
  if (readme) for (const { root } of projects) await pagesOf(join(workspace, root));
  if (json !== undefined) await checkResultsFile(json);
  if (!partial) for (const project of projects) await checkResultsFile(figuresFile(workspace, project));
  const failures: string[] = [];
  const all: Record<string, unknown> = {};
  for (const project of projects) {
    const measured = await measure(project, options, [...filters, ...adapter]);
    const { results, failed } = measured;
    failures.push(...failed);
    if (Object.keys(results).length === 0) continue;
    Object.assign(all, results);
    if (json !== undefined) await saveResults(json, results);
    if (partial) continue;
    const ladders = laddersOf(results);
    if (readme) {
      await keepResults(join(workspace, project.root), ladders);
      await writePages(join(workspace, project.root));
    }
    const judgement = await judge(project, ladders, options);
    await keep(workspace, project, measured, judgement);
    if (judgement !== "") (printJson ? console.error : console.log)(`\n${judgement}`);
  }
  if (printJson) console.log(JSON.stringify(all, null, 2));
  if (partial && Object.keys(all).length === 0 && failures.length === 0)
    failures.push(`nothing measured: no ladder has ${filters.join(" ")}`);
  return failures;
}
