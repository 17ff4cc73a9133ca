import type { EpochRecord } from "@fledge/training";
import type { EvaluationRecord, ModelName, ResultsRecord } from "../src/run/records.ts";

/** An epoch as `metrics.jsonl` holds it. */
export const epochRecord = (epoch: number, changes: Partial<EpochRecord> = {}): EpochRecord => ({
  kind: "epoch",
  epoch,
  phase: "labelled",
  learningRate: 0.01,
  trainLoss: 1,
  trainAccuracy: 0.5,
  validationLoss: 2,
  validationAccuracy: 0.25,
  best: false,
  images: 64,
  seconds: 2,
  imagesPerSecond: 32,
  dataWaitSeconds: 0.5,
  ...changes,
});

/** An evaluation as `results.json` holds it. */
export const evaluationRecord = (
  model: ModelName,
  task: EvaluationRecord["task"],
  mean: number,
  deviation = 0.012,
): EvaluationRecord => ({
  model,
  task,
  images: 128,
  accuracies: [mean - deviation, mean + deviation],
  mean,
  deviation,
});

/** A whole run's results. */
export const resultsRecord: ResultsRecord = {
  evaluations: [
    evaluationRecord("teacher", "target", 0.4),
    evaluationRecord("student", "target", 0.5),
    evaluationRecord("noisy-student", "target", 0.45),
    evaluationRecord("teacher", "robustness", 0.3),
    evaluationRecord("student", "robustness", 0.35),
    evaluationRecord("noisy-student", "robustness", 0.42),
  ],
  bestValidation: {
    teacher: { accuracy: 0.41, epoch: 3 },
    student: { accuracy: 0.52, epoch: 9 },
    "noisy-student": { accuracy: 0.43, epoch: 8 },
  },
  pseudoLabelAccuracy: 0.375,
};
