import { createHash } from "node:crypto";
import type { Dataset, View } from "@fledge/data";
import type { EvaluationRecord, ModelName, ResultsRecord } from "../run/records.ts";
import { modelsOf } from "../methods/models-of.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { answersFile, keepAnswers } from "../run/answers-file.ts";
import { evaluate, type Evaluation, type Model } from "@fledge/training";
import { evaluationSettings } from "./evaluation-settings.ts";
import type { Session } from "./session.ts";
import { isRandom } from "./views.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Models by their `ModelName`. */
export type Models = Readonly<Record<string, Model>>;

/** The accuracy of each seeded evaluation, their mean and standard deviation, shares of 1, and which images were right. */
type Accuracies = Omit<EvaluationRecord, "model" | "task">;

const imagesSha256 = ({ samples, classes }: Dataset): string =>
  createHash("sha256")
    .update(samples.map(({ path, label }) => `${path}\t${classes[label]}\n`).join(""))
    .digest("hex");

/** A model's seeded evaluations, and what they come to. */
interface Looks {
  readonly accuracies: Accuracies;
  readonly evaluations: readonly Evaluation[];
}

/** Evaluates a model several times with seeded views; once where nothing about the view is random. */
async function looksAt(session: Session, model: Model, dataset: Dataset, view: View, what: string): Promise<Looks> {
  const evaluations: Evaluation[] = [];
  const settings = evaluationSettings(session);
  const repeats = isRandom(view) ? session.config.evaluation.repeats : 1;
  const onImages = session.reporter.looking(what, repeats * dataset.samples.length);
  for (let repeat = 0; repeat < repeats; repeat++)
    evaluations.push(await evaluate(model, { ...settings, dataset, view, repeat, onImages }));
  const accuracies = evaluations.map(({ accuracy }) => accuracy);
  const average = mean(accuracies);
  const variance = mean(accuracies.map((accuracy) => (accuracy - average) ** 2));
  return {
    accuracies: {
      images: dataset.samples.length,
      accuracies,
      mean: average,
      deviation: Math.sqrt(variance),
      correct: evaluations.map(({ classes }) =>
        dataset.samples.map(({ label }, index) => (classes[index] === label ? "1" : "0")).join(""),
      ),
      imagesSha256: imagesSha256(dataset),
    },
    evaluations,
  };
}

/** The accuracies of a model over images, see `looksAt`. */
export const accuraciesOf = async (
  session: Session,
  model: Model,
  dataset: Dataset,
  view: View,
  what = "evaluating",
): Promise<Accuracies> => (await looksAt(session, model, dataset, view, what)).accuracies;

/** Evaluates a model of the run on one task and adds what comes out to the run's results, or takes it from there. */
export async function evaluateModel(
  session: Session,
  task: EvaluationRecord["task"],
  name: ModelName,
  model: Model,
  dataset: Dataset,
  view: View,
): Promise<EvaluationRecord> {
  const { run, reporter } = session;
  const evaluations = (await run.results())?.evaluations ?? [];
  let record = evaluations.find((one) => one.model === name && one.task === task);
  if (!record) {
    const looks = await looksAt(session, model, dataset, view, `${name}, ${task}`);
    await keepAnswers(run, answersFile(name, task), dataset, looks.evaluations);
    record = { model: name, task, ...looks.accuracies };
    await run.addResults({ evaluations: [...evaluations, record], bestValidation: await bestValidation(run) });
  }
  reporter.evaluated(record);
  return record;
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
  for (const [name, model] of Object.entries(models))
    await evaluateModel(session, task, name as ModelName, model, dataset, view);
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
