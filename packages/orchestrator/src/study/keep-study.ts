import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeFileWhole } from "@fledge/files";
import { UsageError } from "../config/resolve.ts";
import type { OpenStudy } from "./open-study.ts";

/** Where a study's folder keeps what it runs. */
const keptIn = (folder: string): string => join(folder, "study.json");

function textOf({ study, preset }: OpenStudy): string {
  // What is measured besides, and how it is told, changes no run.
  const { about: _, scales: __, evaluations: ___, path: ____, curve: _____, ...decisive } = study;
  return `${JSON.stringify({ ...decisive, preset }, null, 2)}\n`;
}

const keptText = ({ folder }: OpenStudy): Promise<string | undefined> =>
  readFile(keptIn(folder), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

const refuse = ({ folder, file }: OpenStudy): never => {
  throw new UsageError(
    `${folder} holds the runs of another study than ${file} says now (${keptIn(folder)}): give another folder with --study, or put the file back`,
  );
};

/**
 * Makes a study's folder and writes down in it what it runs.
 * @throws UsageError where the folder holds another study, whose runs these would be taken for
 */
export async function keepStudy(open: OpenStudy): Promise<void> {
  const text = textOf(open);
  await makeFolder(open.folder);
  const before = await keptText(open);
  if (before === text) return;
  if (before !== undefined && !onlyAdds(before, text)) refuse(open);
  await writeFileWhole(keptIn(open.folder), text);
}

/**
 * Checks that a study's folder holds these runs, for one node of them: seeds and variants may have been added since.
 * @throws UsageError where it holds another study
 */
export async function checkStudy(open: OpenStudy): Promise<void> {
  const [kept, text] = [await keptText(open), textOf(open)];
  if (kept === undefined || onlyAdds(kept, text)) return keepStudy(open);
  if (!onlyAdds(text, kept)) refuse(open);
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
