import type { Config } from "../config/schema.ts";
import type { ModelName } from "../run/records.ts";
import { familyOf } from "./batches.ts";

/** A stretch of a model's epochs as the settings alone tell it: what its steps are, and which images an epoch passes over. */
export interface PlannedPhase {
  readonly kind: "labelled step" | "pseudo-labelled step" | "joint step" | "fixmatch step";
  readonly on: "training" | "labeller's training" | "unlabelled" | "beside unlabelled";
  readonly epochs: number;
}

/** The phases that a model is trained through, in order; none of no epoch. */
export function plannedPhases(config: Config, name: ModelName): PlannedPhase[] {
  const { epochs, student } = config;
  const both = epochs.pseudoLabelled + epochs.labelled;
  const together = student.objective === "joint";
  const phases = ((): PlannedPhase[] => {
    if (familyOf(name) === "teachers")
      return [
        {
          kind: "labelled step",
          on: name === "labelling-teacher" ? "labeller's training" : "training",
          epochs: epochs.teacher,
        },
      ];
    if (name === "fixmatch") return [{ kind: "fixmatch step", on: "beside unlabelled", epochs: both }];
    const labelled: PlannedPhase = { kind: "labelled step", on: "training", epochs: epochs.labelled };
    if (name === "supervised-noise") {
      // In place of the unlabelled images come as many labelled ones.
      const yardstick = { kind: "labelled step", on: "unlabelled" } as const;
      return together ? [{ ...yardstick, epochs: both }] : [{ ...yardstick, epochs: epochs.pseudoLabelled }, labelled];
    }
    if (together) return [{ kind: "joint step", on: "beside unlabelled", epochs: both }];
    return [{ kind: "pseudo-labelled step", on: "unlabelled", epochs: epochs.pseudoLabelled }, labelled];
  })();
  return phases.filter((phase) => phase.epochs > 0);
}
