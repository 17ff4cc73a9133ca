import type { Config } from "../config/schema.ts";
import { noisyStudentOf, type ModelName } from "../run/records.ts";

/** The models that a configuration's method trains, in order. */
export function modelsOf(config: Config): ModelName[] {
  switch (config.method) {
    case "noisy-student-lite":
      return [
        "teacher",
        ...(config.pseudoLabels.from === "own-split" ? (["labelling-teacher"] as const) : []),
        "student",
        ...generationsOf(config).map(noisyStudentOf),
      ];
    case "supervised-noise":
      return ["supervised-noise"];
    case "fixmatch":
      return ["fixmatch"];
  }
}

/** The generations of students that teachers label for, from 1; none where the method has no teacher. */
export const generationsOf = ({ method, generations }: Config): number[] =>
  method === "noisy-student-lite" ? Array.from({ length: generations.count }, (_, index) => index + 1) : [];

/** Those that are evaluated and reported: the paper reports nothing of a labelling teacher. */
export const reportedModels = (config: Config): ModelName[] =>
  modelsOf(config).filter((name) => name !== "labelling-teacher");
