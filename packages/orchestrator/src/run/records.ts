import { isModelName, laterStudent, type ModelName } from "./model-names.mjs";

export { isModelName, type ModelName };

/** The generation that a noisy student is of, from 1; undefined for other models. */
export function generationOf(name: ModelName): number | undefined {
  if (name === "noisy-student") return 1;
  return laterStudent.test(name) ? Number(laterStudent.exec(name)![1]) : undefined;
}

/** The noisy student of a generation. */
export const noisyStudentOf = (generation: number): ModelName =>
  generation === 1 ? "noisy-student" : `noisy-student-${generation}`;

/** A run's file about labels of a generation: the first's has no number, as those that follow have: `pseudo-labels-2.csv`. */
export const ofGeneration = (file: string, generation: number): string =>
  generation === 1 ? file : file.replace(/(?=\.[^.]+$)/, `-${generation}`);

/** A model on one task: the accuracy of each seeded evaluation, their mean and standard deviation, shares of 1. */
export interface EvaluationRecord {
  readonly model: ModelName;
  readonly task: "target" | "robustness";
  readonly images: number;
  readonly accuracies: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Of each evaluation, "1" for an image that the model has right and "0" for one that it has not; absent in older runs. */
  readonly correct?: readonly string[];
  /** sha256 of the images' paths and classes in that order: runs of one have the same test images. */
  readonly imagesSha256?: string;
}

/** What tables 2 and 3 of the paper show, for this run. */
export interface ResultsRecord {
  readonly evaluations: readonly EvaluationRecord[];
  /** Best validation accuracy by model; the noisy student's images are RandAugmented. */
  readonly bestValidation: Readonly<Partial<Record<ModelName, { readonly accuracy: number; readonly epoch: number }>>>;
  /**
   * Share of the teacher's labels of the unlabelled images that equal the data set's own; absent before they are made,
   * null where nobody tells the images' classes.
   */
  readonly pseudoLabelAccuracy?: number | null;
  /** The same of the labels that later generations' teachers give, by generation from 2. */
  readonly laterPseudoLabelAccuracies?: Readonly<Record<string, number | null>>;
}

/**
 * Of a generation's labels, the share that equal the data set's own; undefined before they are made, null where nobody
 * tells the images' classes.
 */
export const pseudoLabelAccuracyOf = (
  results: ResultsRecord | undefined,
  generation: number,
): number | null | undefined =>
  generation === 1 ? results?.pseudoLabelAccuracy : results?.laterPseudoLabelAccuracies?.[String(generation)];

/** The evaluations that results lack of models: by task, and by model within it. */
export const missingEvaluations = (
  results: ResultsRecord | undefined,
  models: readonly ModelName[],
): Pick<EvaluationRecord, "model" | "task">[] =>
  (["target", "robustness"] as const)
    .flatMap((task) => models.map((model) => ({ model, task })))
    .filter(
      ({ model, task }) => !results?.evaluations.some((record) => record.task === task && record.model === model),
    );
