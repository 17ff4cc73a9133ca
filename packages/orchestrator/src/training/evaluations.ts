import type { Dataset, View } from "@fledge/data";
import type { EvaluationRecord, ModelName, ResultsRecord } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { evaluate } from "./evaluate.ts";
import type { Model } from "./model.ts";
import type { Session } from "./session.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Models by name. */
export type Models = Readonly<Partial<Record<ModelName, Model>>>;

/** Evaluates models on one task, each several times with its own seeded views; every model sees the same ones. */
export async function evaluateOn(
  session: Session,
  task: EvaluationRecord["task"],
  models: Models,
  dataset: Dataset,
  view: View,
): Promise<EvaluationRecord[]> {
  const { config, cache, reporter } = session;
  const records: EvaluationRecord[] = [];
  for (const [name, model] of Object.entries(models)) {
    const accuracies: number[] = [];
    for (let repeat = 0; repeat < config.evaluation.repeats; repeat++) {
      const { accuracy } = await evaluate(model, {
        dataset, view, repeat, cache,
        seed: config.seed, batchSize: config.training.batchSize, workers: config.loader.workers,
      });
      accuracies.push(accuracy);
    }
    const average = mean(accuracies);
    const variance = mean(accuracies.map((accuracy) => (accuracy - average) ** 2));
    const record: EvaluationRecord = {
      model: name as ModelName, task, images: dataset.samples.length, accuracies, mean: average, deviation: Math.sqrt(variance),
    };
    reporter.evaluated(record);
    records.push(record);
  }
  return records;
}

/** The validation accuracy and epoch of each model's best checkpoint, as its metrics tell them. */
export async function bestValidation(run: RunDirectory): Promise<ResultsRecord["bestValidation"]> {
  const names: ModelName[] = ["teacher", "labelling-teacher", "student", "noisy-student"];
  const found = await Promise.all(
    names.map(async (name) => {
      const best = (await run.epochs(name)).findLast((record) => record.best);
      return best ? [[name, { accuracy: best.validationAccuracy, epoch: best.epoch }] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
