import { join } from "node:path";
import type { EpochRecord } from "@fledge/training";
import { analyse, type Analysis, type Outcome } from "@fledge/study";
import { reportedModels } from "../methods/models-of.ts";
import { parseJson, parseLog, resultsSchema } from "../run/read-records.ts";
import type { OpenStudy } from "../study/open-study.ts";
import type { KeptFiles } from "./kept.ts";

/** The last model's epochs in a run of a study, as far as it is trained. */
export interface RunCurve {
  readonly variant: string;
  readonly seed: number;
  readonly epochs: readonly EpochRecord[];
}

/** What a study has come to so far. */
export interface StudyResults {
  /** Each variant's models on the paper's tasks, over the seeds that are there. */
  readonly summaries: Analysis["summaries"];
  readonly curves: readonly RunCurve[];
}

/** Reads what the runs of a study hold. What cannot be read of one is left out: its own page says what is wrong. */
export async function resultsOf({ nodes, folder }: OpenStudy, files: KeptFiles): Promise<StudyResults> {
  const read = <T>(file: string, parse: (text: string) => T): Promise<T | undefined> =>
    files.of(file, parse).catch(() => undefined);
  const outcomes: Outcome[] = [];
  const curves: RunCurve[] = [];
  for (const { id, kind, facts, run } of nodes) {
    if (kind === "teacher") continue;
    const { variant, seed } = run;
    const file = join(folder, id, "results.json");
    const results = await read(file, (text) => parseJson(text, resultsSchema, file, "restore it"));
    for (const { model, task, mean } of results?.evaluations ?? [])
      outcomes.push({ variant, seed, model, measure: task, value: mean });
    const log = join(folder, id, reportedModels(facts.config).at(-1)!, "metrics.jsonl");
    const records = (await read(log, (text) => parseLog(text, log)))?.records ?? [];
    const epochs = records.filter((record) => record.kind === "epoch");
    if (epochs.length > 0) curves.push({ variant, seed, epochs });
  }
  return { summaries: analyse(outcomes, []).summaries, curves };
}
