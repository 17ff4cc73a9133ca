import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeFileWhole } from "@fledge/files";
import { UsageError } from "../config/resolve.ts";
import type { OpenStudy } from "./open-study.ts";

/**
 * Makes a study's folder and writes down in it what it runs.
 * @throws UsageError where the folder holds another study, whose runs these would be taken for
 */
export async function keepStudy({ study, preset, folder, file }: OpenStudy): Promise<void> {
  // What is measured besides, and how it is told, changes no run.
  const { about: _, scales: __, evaluations: ___, path: ____, curve: _____, ...decisive } = study;
  const text = `${JSON.stringify({ ...decisive, preset }, null, 2)}\n`;
  await makeFolder(folder);
  const kept = join(folder, "study.json");
  const before = await readFile(kept, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (before === text) return;
  if (before !== undefined && !onlyAdds(before, text)) {
    throw new UsageError(
      `${folder} holds the runs of another study than ${file} says now (${kept}): give another folder with --study, or put the file back`,
    );
  }
  await writeFileWhole(kept, text);
}

/** Whether what is asked for now leaves every earlier run as it was: seeds or variants are only added. */
function onlyAdds(before: string, now: string): boolean {
  try {
    const [old, next] = [JSON.parse(before), JSON.parse(now)] as Record<string, unknown>[];
    const { seeds: oldSeeds, variants: oldVariants, baseline: _, ...oldRest } = old!;
    const { seeds, variants, baseline: __, ...rest } = next!;
    const held = Object.entries(oldVariants as object).every(
      ([name, value]) => JSON.stringify((variants as Record<string, unknown>)[name]) === JSON.stringify(value),
    );
    return (
      held &&
      JSON.stringify(oldRest) === JSON.stringify(rest) &&
      (oldSeeds as number[]).every((seed) => (seeds as number[]).includes(seed))
    );
  } catch {
    return false;
  }
}
