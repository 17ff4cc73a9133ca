import type { StudyNode } from "@fledge/study";
import { modelsOf, reportedModels } from "../methods/models-of.ts";
import { isTrained } from "../run/is-trained.ts";
import { missingEvaluations } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";

async function teachersTrained(run: RunDirectory): Promise<boolean> {
  for (const model of modelsOf(run.config))
    if (model.endsWith("teacher") && !(await isTrained(run, model))) return false;
  return true;
}

const evaluated = async (run: RunDirectory): Promise<boolean> =>
  missingEvaluations(await run.results(), reportedModels(run.config)).length === 0;

/** Whether a folder holds all that a node of a study is to leave there. */
export async function isDone({ kind }: StudyNode, folder: string): Promise<boolean> {
  try {
    const run = await RunDirectory.open(folder);
    return await (kind === "teacher" ? teachersTrained(run) : evaluated(run));
  } catch {
    return false; // What is wrong with it, the command that goes on with it says.
  }
}
