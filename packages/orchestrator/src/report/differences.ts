import { basename } from "node:path";
import { presets } from "../config/presets.ts";
import type { Config } from "../config/schema.ts";

export interface Difference {
  /** As `--set` takes it. */
  readonly key: string;
  readonly here: string;
  readonly preset: string;
}

/** What names a run or places its files and decides no number. */
const silent = /^(preset|data\.(labelled|unlabelled)|loader\.\w+)$/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A file of weights is told by its name, wherever it lies. */
const shown = (key: string, value: unknown): string =>
  JSON.stringify(key === "network.weights" && typeof value === "string" ? basename(value) : value);

/** Every key of nested records with its value as JSON. */
function leaves(value: unknown, key = ""): [key: string, json: string][] {
  if (!isRecord(value)) return [[key, shown(key, value)]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, key === "" ? name : `${key}.${name}`));
}

/** The settings in which a configuration differs from a preset; places of files and the loader's apart. */
export function differencesFrom(preset: string, config: Config): Difference[] {
  const [here, there] = [new Map(leaves(config)), new Map(leaves(presets[preset]))];
  const keys = [...new Set([...there.keys(), ...here.keys()])].filter((key) => !silent.test(key));
  return keys
    .map((key) => ({ key, here: here.get(key) ?? "not set", preset: there.get(key) ?? "not set" }))
    .filter((difference) => difference.here !== difference.preset);
}
