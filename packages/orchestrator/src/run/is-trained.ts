import { epochsOf } from "../stages/programs.ts";
import { latestCheckpoint } from "./checkpoints.ts";
import type { ModelName } from "./records.ts";
import type { RunDirectory } from "./run-directory.ts";

/** Whether a model's training in a run is complete, as its checkpoint says. @throws UsageError where all of its checkpoints are damaged */
export async function isTrained(run: RunDirectory, model: ModelName): Promise<boolean> {
  const kept = await latestCheckpoint(run, model);
  return kept !== undefined && kept.progress.epochsDone >= epochsOf(run.config, model);
}
