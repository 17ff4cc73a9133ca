import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { codeDiff } from "./code-diff.ts";
import { allRungs, fileOf, laddersOf, type FoundLadder } from "./find-ladders.ts";
import { checkHeader } from "./header.ts";
import { stalePages } from "./pages.ts";
import { renderTree } from "./tree.ts";

/** Columns of a terminal that a tree must fit. */
const treeColumns = 100;
/** From this many changed lines on, a kernel's README says why one step is so large. */
const largeLesson = 80;

/** Files of a ladder's folder that no rung names, and headers that are incomplete or disagree with the code. */
function checkLadder({ folder, ladder }: FoundLadder): string[] {
  const rungs = allRungs(ladder);
  const named = new Set(rungs.map((rung) => `${fileOf(rung)}.wgsl`));
  const unnamed = readdirSync(folder).filter((name) => name.endsWith(".wgsl") && !named.has(name));
  const wide = renderTree(ladder)
    .split("\n")
    .filter((line) => line.length > treeColumns);
  return [
    ...unnamed.map((name) => `${join(folder, name)} is no rung: add it to ladder.ts`),
    ...rungs.flatMap((rung) => checkHeader(rung).map((problem) => `${join(folder, fileOf(rung))}.wgsl: ${problem}`)),
    ...wide.map(
      (line) => `${join(folder, "ladder.ts")}: its tree is wider than ${treeColumns} columns, shorten "${line.trim()}"`,
    ),
  ];
}

/** What is wrong with the ladders of the project in `root`, with paths relative to `workspace`. */
export async function checkProject(workspace: string, root: string): Promise<string[]> {
  const found = await laddersOf(root);
  const stale = await stalePages(root);
  return [
    ...found.flatMap(checkLadder).map((problem) => problem.replace(`${workspace}/`, "")),
    ...stale.map(({ path }) => `${relative(workspace, path)} is not what ladders and results give: npm run ladders`),
  ];
}

/** Rungs whose code differs from the one they start from in more than a lesson's lines. */
export async function largeLessons(root: string): Promise<string[]> {
  const found = await laddersOf(root);
  return found.flatMap(({ ladder }) =>
    ladder.rungs.flatMap((rung) => {
      const diff = codeDiff(rung);
      return diff !== null && diff.added + diff.removed > largeLesson
        ? [`${rung.id} (+${diff.added} -${diff.removed})`]
        : [];
    }),
  );
}
