import type { Config } from "../config/schema.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Settings by dotted key, as text. */
export function settingsOf(value: unknown, key = ""): [key: string, text: string][] {
  if (!isRecord(value)) return [[key, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => settingsOf(inner, key === "" ? name : `${key}.${name}`));
}

/** The settings in which a configuration differs from another, as `key: value`; the preset's name is none. */
export function changedSettings(from: Config, to: Config): string[] {
  const before = new Map(settingsOf(from));
  const after = new Map(settingsOf(to));
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((key) => key !== "preset" && before.get(key) !== after.get(key))
    .map((key) => `${key}: ${after.get(key) ?? "none"}`);
}
