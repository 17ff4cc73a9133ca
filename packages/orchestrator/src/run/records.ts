/** The models that a run trains. */
export const trainedModels = ["teacher", "labelling-teacher", "student", "noisy-student"] as const;

export type ModelName = (typeof trainedModels)[number];

/** A model on one task: the accuracy of each seeded evaluation, their mean and standard deviation, shares of 1. */
export interface EvaluationRecord {
  readonly model: ModelName;
  readonly task: "target" | "robustness";
  readonly images: number;
  readonly accuracies: readonly number[];
  readonly mean: number;
  readonly deviation: number;
}

/** What tables 2 and 3 of the paper show, for this run. */
export interface ResultsRecord {
  readonly evaluations: readonly EvaluationRecord[];
  /** Best validation accuracy by model; the noisy student's images are RandAugmented. */
  readonly bestValidation: Readonly<Partial<Record<ModelName, { readonly accuracy: number; readonly epoch: number }>>>;
  /** Share of the teacher's labels of the unlabelled images that equal the data set's own; absent before they are made. */
  readonly pseudoLabelAccuracy?: number;
}
