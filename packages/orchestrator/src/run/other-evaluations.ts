import { z } from "zod";
import type { EvaluationRecord, ModelName } from "./records.ts";
import { evaluationSchema } from "./read-records.ts";
import type { RunDirectory } from "./run-directory.ts";

/** A model on one task under other settings than the run's. */
export interface OtherEvaluation extends EvaluationRecord {
  /** Those that differ, by their dotted keys in order. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const fileName = "other-evaluations.json";

const schema = z.array(evaluationSchema.extend({ settings: z.record(z.string(), z.unknown()) }));

/** What the run's models gave under other settings; none before the first. @throws UsageError where the file is damaged */
export async function otherEvaluations(run: RunDirectory): Promise<readonly OtherEvaluation[]> {
  const mend = "restore it, or remove it to evaluate anew under other settings";
  return (await run.readJson(fileName, schema, mend)) ?? [];
}

/** Whether two evaluations are the same, but for what came out. */
const isOf = (
  one: OtherEvaluation,
  {
    model,
    task,
    settings,
  }: { model: ModelName; task: EvaluationRecord["task"]; settings: OtherEvaluation["settings"] },
): boolean => one.model === model && one.task === task && JSON.stringify(one.settings) === JSON.stringify(settings);

/** What is known of a model under settings, or what `measure` gives, which is added beside all others. */
export async function otherEvaluation(
  run: RunDirectory,
  about: Pick<OtherEvaluation, "model" | "task" | "settings">,
  measure: () => Promise<Omit<EvaluationRecord, "model" | "task">>,
): Promise<OtherEvaluation> {
  const known = (await otherEvaluations(run)).find((one) => isOf(one, about));
  if (known) return known;
  const { settings, ...of } = about;
  // In the order in which it is read again.
  const record: OtherEvaluation = { ...of, ...(await measure()), settings };
  await run.writeJson(fileName, [...(await otherEvaluations(run)), record]);
  return record;
}
