import { join } from "node:path";
import { chooseProjects, findBenchProjects } from "../benches/projects.ts";
import { laddersOf } from "../ladders/find-ladders.ts";
import { writePages } from "../ladders/pages.ts";
import { keepResults } from "../ladders/results.ts";
import type { SuiteResult } from "./results.ts";
import { workspaceRoot } from "../../bootstrap/shell.mjs";

/** Puts a suite's ladders beside those of other adapters and writes the tables of the kernels' READMEs. @returns the READMEs */
export async function keepLadders({ ladders }: SuiteResult): Promise<string[]> {
  const written: string[] = [];
  for (const project of chooseProjects(findBenchProjects(workspaceRoot), [])) {
    const folder = join(workspaceRoot, project.root);
    const titles = new Set((await laddersOf(folder)).map(({ ladder }) => ladder.name));
    const own = Object.fromEntries(Object.entries(ladders).filter(([title]) => titles.has(title)));
    if (Object.keys(own).length === 0) continue;
    await keepResults(folder, own);
    await writePages(folder);
    written.push(join(project.root, "README.md"));
  }
  return written;
}
