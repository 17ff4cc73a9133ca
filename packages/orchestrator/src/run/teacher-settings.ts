import { createHash } from "node:crypto";
import type { Config } from "../config/schema.ts";
import { isNoised } from "../stages/programs.ts";

/**
 * The settings by which no teacher's training can differ. Whatever is not named here counts: a setting that is
 * forgotten keeps two runs from sharing a teacher, and never makes them share a wrong one.
 */
const ofStudents: readonly string[] = [
  "preset",
  "generations",
  "data.labelled",
  "data.unlabelled",
  "data.removeTestOverlap",
  "data.foreignShare",
  "epochs.pseudoLabelled",
  "epochs.labelled",
  "student",
  "fixmatch",
  "robustness",
  "pseudoLabels.targets",
  "pseudoLabels.temperature",
  "pseudoLabels.threshold",
  "pseudoLabels.mean",
  "pseudoLabels.labelSmoothing",
  "pseudoLabels.made",
  "pseudoLabels.select",
  "pseudoLabels.view",
  "pseudoLabels.teacherMode",
  "pseudoLabels.heldOut",
  "pseudoLabels.heldOutSeed",
  "randAugment",
  "evaluation",
  "loader",
];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function leaves(value: unknown, without: readonly string[], key = ""): [string, unknown][] {
  if (without.includes(key)) return [];
  if (!isRecord(value)) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, without, key === "" ? name : `${key}.${name}`));
}

/** The settings that a run's teachers are trained by, by dotted key in order; where the images lie is none. */
export function teacherSettings(config: Config): Readonly<Record<string, unknown>> {
  const noise = isNoised(config, "teacher") ? [] : ["network.dropout", "network.stochasticDepth", "network.noised"];
  // As runs from before there was a choice are named.
  const scale = config.training.precision === "f32" ? ["training.precision", "training.lossScale"] : [];
  const counting = leaves(config, [...ofStudents, ...noise, ...scale]);
  return Object.fromEntries(counting.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A short name for them: equal for two configurations whose teachers are the same. */
export const teacherKey = (config: Config): string =>
  createHash("sha256")
    .update(JSON.stringify(teacherSettings(config)))
    .digest("hex")
    .slice(0, 12);
