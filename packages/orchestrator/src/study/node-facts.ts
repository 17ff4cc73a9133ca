import type { StudyRun } from "@fledge/study";
import { parseAssignment, resolveConfig, UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { teacherKey } from "../run/teacher-settings.ts";

/** What a study's run is to the orchestrator. */
export interface NodeFacts {
  readonly config: Config;
  /** The settings as `--set` takes them. */
  readonly assignments: readonly string[];
  readonly teacher: string | undefined;
}

/** Settings by dotted key as `--set` takes them. */
export const assignmentsOf = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).map(([key, value]) => `${key}=${JSON.stringify(value)}`);

/** The configuration of a study's run. @throws UsageError that names the variant and the setting at fault */
export const factsOf =
  (preset: string) =>
  ({ variant, seed, settings }: StudyRun): NodeFacts => {
    const assignments = assignmentsOf(settings);
    try {
      const config = resolveConfig(preset, assignments.map(parseAssignment));
      const teacher = modelsOf(config).includes("teacher") ? teacherKey(config) : undefined;
      return { config, assignments, teacher };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`variant ${variant}, seed ${seed}: ${error.message}`, { cause: error });
    }
  };
