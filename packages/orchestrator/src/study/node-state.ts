import type { StudyNode } from "@fledge/study";
import { modelsOf, reportedModels } from "../methods/models-of.ts";
import { latestCheckpoint } from "../run/checkpoints.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { epochsOf } from "../stages/programs.ts";

const tasks = ["target", "robustness"] as const;

async function teachersTrained(run: RunDirectory): Promise<boolean> {
  for (const model of modelsOf(run.config).filter((name) => name.endsWith("teacher"))) {
    const kept = await latestCheckpoint(run, model);
    if (!kept || kept.progress.epochsDone < epochsOf(run.config, model)) return false;
  }
  return true;
}

async function evaluated(run: RunDirectory): Promise<boolean> {
  const evaluations = (await run.results())?.evaluations ?? [];
  return reportedModels(run.config).every((model) =>
    tasks.every((task) => evaluations.some((record) => record.model === model && record.task === task)),
  );
}

/** Whether a folder holds all that a node of a study is to leave there. */
export async function isDone({ kind }: StudyNode, folder: string): Promise<boolean> {
  try {
    const run = await RunDirectory.open(folder);
    return await (kind === "teacher" ? teachersTrained(run) : evaluated(run));
  } catch {
    return false; // What is wrong with it, the command that goes on with it says.
  }
}
