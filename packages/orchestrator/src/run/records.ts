/** A model that a run trains. */
export type ModelName = "teacher" | "labelling-teacher" | "student" | "noisy-student";

export type PhaseName = "labelled" | "pseudo-labelled";

/** One line of `metrics.jsonl` per logged step. Loss and accuracy are of that batch, in training mode. */
export interface StepRecord {
  readonly kind: "step";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** One line of `metrics.jsonl` per epoch. Accuracies are shares of 1. */
export interface EpochRecord {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly phase: PhaseName;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** Share of the teacher's labels that equal the data set's own; only where images were pseudo-labelled. */
  readonly pseudoLabelAccuracy?: number;
  /** True where this epoch's weights became the best checkpoint. */
  readonly best: boolean;
  readonly images: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** How long the step waited for the loader. */
  readonly dataWaitSeconds: number;
}

export type MetricRecord = StepRecord | EpochRecord;

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
