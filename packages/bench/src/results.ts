import { existsSync, readFileSync } from "node:fs";
import { checkWritable, whyNoFile, writeFileWhole } from "@fledge/files";
import { z } from "zod";
import type { LadderResult } from "./ladder-result.ts";
import { ladderSchema } from "./ladder-schema.ts";
import { serialise } from "./serialise.ts";

/** A JSON object of results by title. @throws if the file is not there, or is something else */
export function readResults(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw new Error(`there is no file ${file}: write benchmark results to it with --json`);
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new Error(`${file}: ${wrong}; name a file of benchmark results`);
  let results: unknown;
  try {
    results = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is no JSON file of benchmark results; name another`, { cause: error });
  }
  if (typeof results !== "object" || results === null || Array.isArray(results)) {
    throw new Error(`${file} holds no object of benchmark results; name another`);
  }
  return results as Record<string, unknown>;
}

/** Whether a result is `benchLadder`'s. */
export const isLadder = (result: unknown): result is LadderResult =>
  typeof result === "object" && result !== null && "cases" in result && "adapter" in result;

function checkLadder(file: string, title: string, result: unknown): LadderResult {
  const parsed = ladderSchema.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new Error(`${file}: the results of ${title} are damaged: measure them again\n${z.prettifyError(parsed.error)}`);
}

/** The ladders among the results of a file, by title. @throws as `readResults` does, and where a ladder is damaged */
export function readLadders(file: string): Record<string, LadderResult> {
  return Object.fromEntries(
    Object.entries(readResults(file)).flatMap(([title, result]) =>
      isLadder(result) ? [[title, checkLadder(file, title, result)]] : [],
    ),
  );
}

type Results = Readonly<Record<string, unknown>>;

const resultsIn = (file: string): Results => (existsSync(file) ? readResults(file) : {});

/** Puts `results` in the place of all that is in `file`; written whole or not at all. @throws FileError */
export const replaceResults = (file: string, results: Results): Promise<void> =>
  writeFileWhole(file, serialise(results));

/**
 * Adds `results`, by title, to the JSON object in `file`, beside the titles already there; written whole or not at all.
 * @throws if the file is there and is no JSON object, FileError where it cannot be written
 */
export const saveResults = async (file: string, results: Results): Promise<void> =>
  replaceResults(file, { ...resultsIn(file), ...results });

/** Finds out, before anything is measured, whether `saveResults` could write to `file`. @throws as it does */
export async function checkResultsFile(file: string): Promise<void> {
  resultsIn(file);
  await checkWritable(file);
}
