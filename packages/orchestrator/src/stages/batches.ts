import type { Config } from "../config/schema.ts";
import type { ModelName } from "../run/records.ts";

/** Whose settings models train by. */
export type Family = "teachers" | "students";

/** Whose settings a model trains by. */
export const familyOf = (name: ModelName): Family => (name.endsWith("teacher") ? "teachers" : "students");

/** How many images a program computes, and the setting that says so. */
export interface Batches {
  readonly size: number;
  /** Unlabelled images that a joint step has beside, to each of them. */
  readonly perImage: number;
  /** The most that the device computes at once, those beside among them. */
  readonly atOnce: number;
  readonly key: string;
  /** The flag that changes it. */
  readonly mend: string;
}

const ofSetting = (key: string, size: number, { training }: Config, mend = `--set ${key}=`, perImage = 0): Batches => ({
  size,
  perImage,
  atOnce: Math.min(size * (1 + perImage), training.microBatchSize ?? Infinity),
  key,
  mend,
});

/** Images of a training step of a model: as `training` says, the teachers' where a key of their own is set. */
function batchesOf(config: Config, by: Family): Batches {
  const { training, teacherTraining } = config;
  const own = by === "teachers" ? teacherTraining.batchSize : null;
  if (own !== null) return ofSetting("teacherTraining.batchSize", own, config);
  return ofSetting("training.batchSize", training.batchSize, config, "--batch-size");
}

/**
 * Unlabelled images that go with each labelled one in the students' steps, and the setting that says so; null where a
 * step takes images of one set.
 */
export function besideOf({
  method,
  student,
  fixmatch,
}: Config): { readonly key: string; readonly count: number } | null {
  if (method === "fixmatch") return { key: "fixmatch.unlabelledPerLabelled", count: fixmatch.unlabelledPerLabelled };
  if (method !== "noisy-student-lite" || student.objective !== "joint") return null;
  return { key: "student.unlabelledPerLabelled", count: student.unlabelledPerLabelled };
}

/**
 * In place of the noisy student's steps on unlabelled images, what the yardstick's are on: labelled images, as many to
 * a step and to an epoch on `unlabelled` ones.
 */
export function yardstickImages({ training, student }: Config, unlabelled = 0): { perStep: number; perEpoch: number } {
  const { objective, unlabelledPerLabelled: beside } = student;
  if (objective === "phases") return { perStep: training.batchSize, perEpoch: unlabelled };
  return { perStep: training.batchSize * (1 + beside), perEpoch: Math.floor(unlabelled / beside) * (1 + beside) };
}

/** Images of the steps that a model is trained by, and the most that are computed at once. */
export function stepBatchesOf(config: Config, name: ModelName): Batches {
  if (name === "supervised-noise")
    return ofSetting("training.batchSize", yardstickImages(config).perStep, config, "--batch-size");
  const beside = besideOf(config);
  if (beside === null || familyOf(name) === "teachers") return batchesOf(config, familyOf(name));
  const { batchSize } = config.training;
  return ofSetting("training.batchSize", batchSize, config, "--batch-size", beside.count);
}

/** Evaluation cuts no batch into parts: its batches are of what is computed at once. */
export function evaluationBatchesOf(config: Config, by: Family): Batches {
  const batches = batchesOf(config, by);
  return batches.atOnce < batches.size ? ofSetting("training.microBatchSize", batches.atOnce, config) : batches;
}
