import type { Study, StudyRun } from "@fledge/study";
import { parseAssignment, resolveConfig, UsageError } from "../config/resolve.ts";
import { shortNames } from "../config/preset-names.mjs";
import { presets } from "../config/presets.ts";
import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { teacherKey } from "../run/teacher-settings.ts";
import { checkEvaluations } from "./evaluations.ts";

/** What a study's run is to the orchestrator. */
export interface NodeFacts {
  readonly config: Config;
  /** The preset that it begins at, by its whole name. */
  readonly preset: string;
  /** The settings as `--set` takes them. */
  readonly assignments: readonly string[];
  readonly teacher: string | undefined;
  /** What is measured of its models once they are trained, as `fledge robustness --only` takes it. */
  readonly evaluations: readonly string[];
}

/** Settings by dotted key as `--set` takes them. */
export const assignmentsOf = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).map(([key, value]) => `${key}=${JSON.stringify(value)}`);

/** The whole name of a preset. @throws UsageError where there is none */
function presetOf(name: string): string {
  const preset = shortNames[name] ?? name;
  if (preset in presets) return preset;
  throw new UsageError(`preset: there is no "${name}"; there is ${Object.keys(presets).join(", ")}`);
}

/** The configuration of a study's run. @throws UsageError that names the variant and the setting at fault */
export const factsOf =
  ({ evaluations }: Study) =>
  ({ variant, seed, preset: name, settings }: StudyRun): NodeFacts => {
    const assignments = assignmentsOf(settings);
    try {
      const preset = presetOf(name);
      const config = resolveConfig(preset, assignments.map(parseAssignment));
      checkEvaluations(config, evaluations);
      const teacher = modelsOf(config).includes("teacher") ? teacherKey(config) : undefined;
      return { config, preset, assignments, teacher, evaluations };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`variant ${variant}, seed ${seed}: ${error.message}`, { cause: error });
    }
  };
