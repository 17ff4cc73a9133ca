import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { placeName, readLadders, saveResults, type LadderResult } from "@fledge/bench";

const folderOf = (root: string): string => join(root, "results");

/** Keeps a kernel's ladders in `results/<adapter and Mesa's release>.json` of its project, from which its README is written. */
export async function keepResults(root: string, ladders: Readonly<Record<string, LadderResult>>): Promise<void> {
  for (const [title, result] of Object.entries(ladders))
    await saveResults(join(folderOf(root), `${placeName(result.adapter)}.json`), { [title]: result });
}

/** What is kept of a project's ladders by title, an entry for each adapter and release of Mesa. */
export function keptResults(root: string): Readonly<Record<string, readonly LadderResult[]>> {
  const kept: Record<string, LadderResult[]> = {};
  if (!existsSync(folderOf(root))) return kept;
  for (const name of readdirSync(folderOf(root)).sort()) {
    for (const [title, result] of Object.entries(readLadders(join(folderOf(root), name))))
      (kept[title] ??= []).push(result);
  }
  return kept;
}
