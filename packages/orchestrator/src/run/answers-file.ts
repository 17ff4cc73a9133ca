import type { Dataset } from "@fledge/data";
import type { Evaluation } from "@fledge/training";
import { csv } from "../report/csv-cell.ts";
import { isShare, rowsOf } from "../report/csv-rows.ts";
import type { EvaluationRecord, ModelName } from "./records.ts";
import type { RunDirectory } from "./run-directory.ts";

/** What a model said of a test image in one of its seeded evaluations. */
export interface Answer {
  /** Below the labelled folder. */
  readonly image: string;
  /** The data set's own class. */
  readonly own: string;
  /** Which of the seeded evaluations, from 0. */
  readonly evaluation: number;
  readonly predicted: string;
  /** Of the predicted class, 0 to 1, rounded to four places. */
  readonly confidence: number;
}

/** A run's file of what a model said on a task. */
export const answersFile = (model: ModelName, task: EvaluationRecord["task"]): string => `${model}/answers-${task}.csv`;

/** Writes what a model said of a data set's images, evaluation by evaluation. */
export async function keepAnswers(
  run: RunDirectory,
  file: string,
  { samples, classes }: Dataset,
  evaluations: readonly Pick<Evaluation, "classes" | "probabilities">[],
): Promise<void> {
  const rows = evaluations.flatMap(({ classes: predicted, probabilities }, evaluation) =>
    samples.map(({ path, label }, index) => {
      const cells = [path, classes[label]!, String(evaluation), classes[predicted[index]!]!];
      return [...cells, probabilities[index]!.toFixed(4)];
    }),
  );
  await run.write(file, csv("image,own_label,evaluation,prediction,probability", rows));
}

/** Undefined where the run holds none. @throws UsageError naming the file and the line that is damaged */
export async function answersOf(run: RunDirectory, file: string): Promise<readonly Answer[] | undefined> {
  const text = await run.read(file);
  if (text === undefined) return undefined;
  return rowsOf(text, run.file(file), ([image, own, number, predicted, probability, ...more]) => {
    const [evaluation, confidence] = [Number(number), Number(probability)];
    if (probability === undefined || more.length > 0 || !isShare(confidence) || !Number.isInteger(evaluation))
      return undefined;
    return { image: image!, own: own!, evaluation, predicted: predicted!, confidence };
  });
}
