import type { Config } from "./schema.ts";

/** Images per step, and after how many epochs StepLR lowers the rate. */
export interface Schedule {
  readonly batchSize: number;
  readonly stepSize: number;
}

/** Who trains how: the students as `training` says, the teachers likewise except where keys of their own are set. */
export function schedulesOf({
  training,
  teacherTraining,
  pseudoLabels,
}: Config): Record<"teacher" | "labellingTeacher" | "students", Schedule> {
  const students = { batchSize: training.batchSize, stepSize: training.stepSize };
  const teacher = {
    batchSize: teacherTraining.batchSize ?? students.batchSize,
    stepSize: teacherTraining.stepSize ?? students.stepSize,
  };
  return { students, teacher, labellingTeacher: { ...teacher, stepSize: pseudoLabels.stepSize ?? teacher.stepSize } };
}

/** How many images of a batch the device computes at once. */
export const imagesAtOnce = (batchSize: number, { training: { microBatchSize } }: Config): number =>
  Math.min(batchSize, microBatchSize ?? batchSize);
