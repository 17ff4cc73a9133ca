import type { StudyNode } from "@fledge/study";
import { modelsOf, reportedModels } from "../methods/models-of.ts";
import { isTrained } from "../run/is-trained.ts";
import { familyOf } from "../stages/batches.ts";
import { missingEvaluations } from "../run/records.ts";
import { readRobustness } from "../robustness/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { evaluationOf } from "./evaluations.ts";
import type { NodeFacts } from "./node-facts.ts";

async function teachersTrained(run: RunDirectory): Promise<boolean> {
  for (const model of modelsOf(run.config))
    if (familyOf(model) === "teachers" && !(await isTrained(run, model))) return false;
  return true;
}

/** Whether every model is evaluated on the paper's tasks, and measured as the study asks. */
async function evaluated(run: RunDirectory, { evaluations }: NodeFacts): Promise<boolean> {
  const models = reportedModels(run.config);
  if (missingEvaluations(await run.results(), models).length > 0) return false;
  if (evaluations.length === 0) return true;
  const records = (await readRobustness(run))?.records ?? [];
  return evaluations.every((evaluation) =>
    models.every((model) => evaluationOf(run.config, evaluation, model, records) !== undefined),
  );
}

/** Whether a folder holds all that a node of a study is to leave there. */
export async function isDone(
  { kind, facts }: StudyNode & { readonly facts: NodeFacts },
  folder: string,
): Promise<boolean> {
  try {
    const run = await RunDirectory.open(folder);
    return await (kind === "teacher" ? teachersTrained(run) : evaluated(run, facts));
  } catch {
    return false; // What is wrong with it, the command that goes on with it says.
  }
}
