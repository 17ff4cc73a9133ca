import { parseAssignment } from "./assignment.mjs";
import { explainIssues } from "./explain-issues.ts";
import { shortNames } from "./preset-names.mjs";
import { presets } from "./presets.ts";
import { configSchema, type Config } from "./schema.ts";
import { UsageError } from "./usage-error.mjs";

export { parseAssignment, UsageError };

/** Nested values to lay over a preset; what is undefined stays as it was. */
export interface Overrides {
  readonly [key: string]: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function overlay(base: Record<string, unknown>, over: Overrides): Record<string, unknown> {
  const changed = Object.entries(over).flatMap(([key, value]) => {
    const under = base[key];
    return value === undefined
      ? []
      : [[key, isRecord(value) && isRecord(under) ? overlay(under, value) : value] as const];
  });
  return Object.fromEntries([...Object.entries(base), ...changed]);
}

/**
 * What an earlier program wrote down, with the settings that have come since as its preset has them: new ones are off in
 * the presets. A section's keys are filled in, and nothing within them.
 */
export function withLaterSettings(value: unknown): unknown {
  const base = isRecord(value) && typeof value["preset"] === "string" ? presets[value["preset"]] : undefined;
  if (!isRecord(value) || !base) return value;
  const sections = Object.entries(base).map(([key, section]) => {
    const given = value[key];
    if (given === undefined) return [key, section];
    // Which keys RandAugment has depends on the library.
    const fill = isRecord(section) && isRecord(given) && key !== "randAugment";
    return [key, fill ? { ...section, ...given } : given];
  });
  return { ...value, ...Object.fromEntries(sections) };
}

/** Checks a configuration. @throws UsageError that names each key at fault and `origin` */
export function checkConfig(value: unknown, origin: string): Config {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${origin}: ${explainIssues(parsed.error, value).join("\n")}`);
}

/** The preset, by its name or a short one, with overrides laid over it in order. @throws UsageError that names the key at fault */
export function resolveConfig(preset: string, overrides: readonly Overrides[]): Config {
  const base = presets[shortNames[preset] ?? preset];
  if (!base) throw new UsageError(`there is no preset "${preset}"; there is ${Object.keys(presets).join(", ")}`);
  return withOverrides(base, overrides, `preset ${base.preset} with your changes`);
}

/** A configuration with overrides laid over it in order. @throws UsageError that names the key at fault and `origin` */
export function withOverrides(base: Config, overrides: readonly Overrides[], origin: string): Config {
  const merged = overrides.reduce<Record<string, unknown>>((under, over) => overlay(under, over), { ...base });
  return checkConfig(merged, origin);
}
