import type { Dataset, View } from "@fledge/data";
import type { EvaluationRecord, ModelName, ResultsRecord } from "../run/records.ts";
import { modelsOf } from "../methods/models-of.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { evaluate, type Model } from "@fledge/training";
import { evaluationBatchesOf } from "./programs.ts";
import type { Session } from "./session.ts";
import { isRandom } from "./views.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Models by their `ModelName`. */
export type Models = Readonly<Record<string, Model>>;

async function accuraciesOf({ config, cache }: Session, model: Model, dataset: Dataset, view: View): Promise<number[]> {
  const accuracies: number[] = [];
  const repeats = isRandom(view) ? config.evaluation.repeats : 1;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const { accuracy } = await evaluate(model, {
      dataset,
      view,
      repeat,
      cache,
      seed: config.seed,
      batchSize: evaluationBatchesOf(config, "students").size,
      workers: config.loader.workers,
    });
    accuracies.push(accuracy);
  }
  return accuracies;
}

/**
 * Evaluates trained models on one task, each several times with its own seeded views (every model sees the same ones;
 * once where nothing about the view is random), and adds what comes out to the run's results. What they hold already is not done again.
 */
export async function evaluateModels(
  session: Session,
  task: EvaluationRecord["task"],
  models: Models,
  dataset: Dataset,
  view: View,
): Promise<void> {
  const { run, reporter } = session;
  for (const [name, model] of Object.entries(models)) {
    const evaluations = (await run.results())?.evaluations ?? [];
    const known = evaluations.find((record) => record.model === name && record.task === task);
    if (known) {
      reporter.evaluated(known);
      continue;
    }
    const accuracies = await accuraciesOf(session, model, dataset, view);
    const average = mean(accuracies);
    const variance = mean(accuracies.map((accuracy) => (accuracy - average) ** 2));
    const record: EvaluationRecord = {
      model: name as ModelName,
      task,
      images: dataset.samples.length,
      accuracies,
      mean: average,
      deviation: Math.sqrt(variance),
    };
    reporter.evaluated(record);
    await run.addResults({ evaluations: [...evaluations, record], bestValidation: await bestValidation(run) });
  }
}

/** The validation accuracy and epoch of each model's best checkpoint, as its metrics tell them. */
async function bestValidation(run: RunDirectory): Promise<ResultsRecord["bestValidation"]> {
  const names = modelsOf(run.config);
  const found = await Promise.all(
    names.map(async (name) => {
      const best = (await run.epochs(name)).findLast((record) => record.best);
      return best ? [[name, { accuracy: best.validationAccuracy, epoch: best.epoch }] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
