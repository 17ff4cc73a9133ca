import type { Config } from "../config/schema.ts";
import { noisyStudentOf, type ModelName } from "../run/records.ts";

/** The models that a configuration's method trains, in order. */
export function modelsOf({ method, generations, pseudoLabels }: Config): ModelName[] {
  switch (method) {
    case "noisy-student-lite":
      return [
        "teacher",
        ...(pseudoLabels.from === "own-split" ? (["labelling-teacher"] as const) : []),
        "student",
        ...Array.from({ length: generations.count }, (_, index) => noisyStudentOf(index + 1)),
      ];
    case "supervised-noise":
      return ["supervised-noise"];
    case "fixmatch":
      return ["fixmatch"];
  }
}

/** Those that are evaluated and reported: the paper reports nothing of a labelling teacher. */
export const reportedModels = (config: Config): ModelName[] =>
  modelsOf(config).filter((name) => name !== "labelling-teacher");
