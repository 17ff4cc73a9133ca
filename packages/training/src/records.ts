/** What is logged of a step. Loss and accuracy are of that batch, in training mode. */
export interface StepRecord {
  readonly kind: "step";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  /** The scale that the next step takes, where the loss is scaled. */
  readonly lossScale?: number;
  /** Whether the step moved nothing, since gradients of the scaled loss overflowed. */
  readonly skipped?: boolean;
}

/** What is logged of an epoch. Accuracies are shares of 1. */
export interface EpochRecord {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly phase: string;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** Share of the teacher's labels that equal the data set's own; only where images were pseudo-labelled whose classes the data set tells. */
  readonly pseudoLabelAccuracy?: number;
  /** Share of the pseudo-labelled images that counted; only where a threshold leaves some out. */
  readonly keptShare?: number;
  /** At the epoch's end, where the loss is scaled; and how many of its steps moved nothing. */
  readonly lossScale?: number;
  readonly skippedSteps?: number;
  /** True where this epoch's weights became the best checkpoint. */
  readonly best: boolean;
  readonly images: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** How long the step waited for the loader. */
  readonly dataWaitSeconds: number;
}

export type MetricRecord = StepRecord | EpochRecord;
