import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { rungFile } from "@fledge/runtime";
import { allRungs, laddersOf, type FoundLadder } from "./find-ladders.ts";
import { checkHeader } from "./header.ts";
import { checkLessons } from "./lessons.ts";
import { stalePages } from "./pages.ts";
import { renderTree } from "./tree.ts";

/** Columns of a terminal that a tree must fit. */
const treeColumns = 100;

/** Files of a ladder's folder that no rung names, and headers that are incomplete or disagree with the code. */
function checkLadder({ folder, ladder }: FoundLadder): string[] {
  const rungs = allRungs(ladder);
  const named = new Set(rungs.map((rung) => `${rungFile(rung.id)}.wgsl`));
  const unnamed = readdirSync(folder).filter((name) => name.endsWith(".wgsl") && !named.has(name));
  const wide = renderTree(ladder)
    .split("\n")
    .filter((line) => line.length > treeColumns);
  return [
    ...unnamed.map((name) => `${join(folder, name)} is no rung: add it to ladder.ts`),
    ...rungs.flatMap((rung) =>
      checkHeader(rung).map((problem) => `${join(folder, rungFile(rung.id))}.wgsl: ${problem}`),
    ),
    ...wide.map(
      (line) => `${join(folder, "ladder.ts")}: its tree is wider than ${treeColumns} columns, shorten "${line.trim()}"`,
    ),
  ];
}

/** What is wrong with the ladders of the project in `root`, with paths relative to `workspace`. */
export async function checkProject(workspace: string, root: string): Promise<string[]> {
  const found = await laddersOf(root);
  const stale = await stalePages(root);
  const readme = join(root, "README.md");
  return [
    ...found.flatMap(checkLadder).map((problem) => problem.replace(`${workspace}/`, "")),
    ...checkLessons(
      found.map(({ ladder }) => ladder),
      readFileSync(readme, "utf8"),
    ).map((problem) => `${relative(workspace, readme)}: ${problem}`),
    ...stale.map(({ path }) => `${relative(workspace, path)} is not what ladders and results give: npm run ladders`),
  ];
}
