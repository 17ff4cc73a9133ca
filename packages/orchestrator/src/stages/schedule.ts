import type { Schedule } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import type { ModelName } from "../run/records.ts";
import { familyOf } from "./batches.ts";

/** After how many epochs StepLR lowers a model's rate: as `training` says, the teachers' where keys of their own are set. */
function stepSizeOf({ training, teacherTraining, pseudoLabels }: Config, name: ModelName): number {
  if (familyOf(name) === "students") return training.stepSize;
  const teachers = teacherTraining.stepSize ?? training.stepSize;
  return name === "labelling-teacher" ? (pseudoLabels.stepSize ?? teachers) : teachers;
}

/** How a model's learning rate goes. */
export function scheduleOf(config: Config, name: ModelName): Schedule {
  const { learningRate: initial, gamma, schedule } = config.training;
  const { kind, ...cosine } = schedule;
  if (kind === "cosine") return { kind, initial, ...cosine };
  return { initial, gamma, stepSize: stepSizeOf(config, name) };
}
