// Runs share a teacher where no setting that their teachers are trained by differs: every setting is tried.
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseAssignment, resolveConfig } from "../src/config/resolve.ts";
import { configSchema, type Config } from "../src/config/schema.ts";
import { modelsOf } from "../src/methods/models-of.ts";
import { teacherKey } from "../src/run/teacher-settings.ts";
import { networkChoice } from "../src/stages/networks.ts";
import { optimiserSettings } from "../src/stages/optimiser.ts";
import { evaluationBatchesOf, familyOf, stepBatchesOf } from "../src/stages/batches.ts";
import { epochsOf, isNoised, programsOf } from "../src/stages/programs.ts";
import { scheduleOf } from "../src/stages/schedule.ts";
import { evaluationView, trainView } from "../src/stages/views.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const leavesOf = (value: unknown, key = ""): [key: string, value: unknown][] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, key === "" ? name : `${key}.${name}`))
    : [[key, value]];

/** Every word that a setting may be. */
function wordsOf(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema.flatMap(wordsOf);
  if (!isRecord(schema)) return [];
  const own = [...((schema["enum"] as unknown[] | undefined) ?? []), ...("const" in schema ? [schema["const"]] : [])];
  return [...own, ...Object.values(schema).flatMap(wordsOf)];
}

const selection = { rule: "balance", imagesPerClass: 9, minimum: 0.1, upsample: true };
const values: readonly unknown[] = [
  true,
  false,
  null,
  0.25,
  0.5,
  2,
  1,
  0,
  7,
  16,
  34,
  50,
  64,
  1000,
  0.1,
  [0.5, 0.9],
  [2, 3],
  [1],
  [null],
  selection,
  ["fog"],
  ["AutoContrast"],
  "elsewhere",
  ...new Set(wordsOf(z.toJSONSchema(configSchema, { io: "input" }))),
];

const configOf = (...assignments: string[]): Config => resolveConfig("demo", assignments.map(parseAssignment));

/** What other settings one may want beside it. */
const surroundings: readonly (readonly string[])[] = [
  [],
  ["pseudoLabels.made=generation"],
  ["network.noised=all", "network.dropout=0.3", "network.stochasticDepth.rate=0.1"],
  ["data.knownClasses=3"],
];

interface Changed {
  readonly key: string;
  readonly before: Config;
  readonly after: Config;
}

/** The setting with another value, alone; undefined where none of those above is valid. */
function changed(key: string, around: readonly string[]): Changed | undefined {
  const before = configOf(...around);
  const value = new Map(leavesOf(before)).get(key);
  for (const other of values) {
    if (JSON.stringify(other) === JSON.stringify(value)) continue;
    try {
      const after = configOf(...around, `${key}=${JSON.stringify(other)}`);
      if (JSON.stringify(after) !== JSON.stringify(before)) return { key, before, after };
    } catch {
      // No value of this setting.
    }
  }
  return undefined;
}

/** All that a teacher's training is made of, but the images. */
function planOf(config: Config): unknown {
  const teachers = modelsOf(config).filter((name) => familyOf(name) === "teachers");
  return {
    programs: programsOf(config).filter(({ by }) => by === "teachers"),
    models: teachers.map((name) => [
      name,
      networkChoice(config, name),
      isNoised(config, name) ? config.network : config.network.zeroInitResidual,
      stepBatchesOf(config, name),
      scheduleOf(config, name),
      epochsOf(config, name),
    ]),
    evaluation: evaluationBatchesOf(config, "teachers"),
    optimiser: optimiserSettings(config),
    loss: [config.training.labelSmoothing, config.training.mix],
    views: [trainView(config), evaluationView(config)],
    split: config.split,
    labels: [config.data.labelledShare, config.data.knownClasses, config.data.drawSeed],
    seed: config.seed,
  };
}

describe("every setting", () => {
  const keys = leavesOf(configOf())
    .map(([key]) => key)
    .filter((key) => key !== "preset"); // It is no setting, but names where they come from.
  let changes: Changed[];

  beforeAll(() => {
    changes = surroundings.flatMap((around) => keys.flatMap((key) => changed(key, around) ?? []));
  });

  it("has a value here that it can be given in place of the demo's", () => {
    expect(keys.filter((key) => !changes.some((one) => one.key === key))).toEqual([]);
    expect(keys.length).toBeGreaterThan(80);
  });

  it("by which a teacher's training or programs differ is held against those of the run that lends a teacher", () => {
    const differing = changes.filter(
      ({ before, after }) =>
        after.method === before.method && JSON.stringify(planOf(after)) !== JSON.stringify(planOf(before)),
    );
    expect(differing.length).toBeGreaterThan(30);
    expect(
      differing.filter(({ before, after }) => teacherKey(after) === teacherKey(before)).map(({ key }) => key),
    ).toEqual([]);
  });

  it("that is the students' keeps no teacher from being shared", () => {
    const shared = changes.filter(({ before, after }) => teacherKey(after) === teacherKey(before));
    const names = new Set(shared.map(({ key }) => key));
    for (const key of keys.filter((one) =>
      /^(student|fixmatch|generations|robustness|randAugment|evaluation|loader)\./.test(one),
    ))
      expect(names, key).toContain(key);
    for (const { before, after } of shared) expect(planOf(after)).toEqual(planOf(before));
    // Among the others none is the students' alone, but for what only a labelling teacher of its own split has.
    const counting = keys.filter((key) => !names.has(key));
    expect(counting.filter((key) => key.startsWith("pseudoLabels.")).sort()).toEqual([
      "pseudoLabels.from",
      "pseudoLabels.splitSeed",
      "pseudoLabels.stepSize",
      "pseudoLabels.validation",
    ]);
  });

  it("of noise in the network counts where teachers have it", () => {
    const noise = ["network.dropout", "network.stochasticDepth.rate", "network.stochasticDepth.rule"];
    for (const key of noise) {
      const [plain, , noised] = surroundings.map((around) => changed(key, around)!);
      expect(teacherKey(plain!.after), key).toBe(teacherKey(plain!.before));
      expect(teacherKey(noised!.after), key).not.toBe(teacherKey(noised!.before));
    }
  });
});
