import { isThere } from "@fledge/files";
import type { Model } from "@fledge/training";
import { UsageError, type Overrides } from "../../config/resolve.ts";
import type { Config } from "../../config/schema.ts";
import type { Scope } from "../../cost/work.ts";
import { fixMatch } from "../../methods/fixmatch.ts";
import { modelsOf, reportedModels } from "../../methods/models-of.ts";
import { stages } from "../../methods/noisy-student-lite.ts";
import { supervisedNoise } from "../../methods/supervised-noise.ts";
import { percent } from "../../report/percent.ts";
import {
  generationOf,
  noisyStudentOf,
  ofGeneration,
  pseudoLabelAccuracyOf,
  type ModelName,
} from "../../run/records.ts";
import type { Labeller } from "../../stages/phases.ts";
import { tasks } from "../../stages/tasks.ts";
import { trainedModel } from "../../stages/train-model.ts";
import {
  configFrom,
  presetOf,
  type AcceptanceFlags,
  type AdapterFlags,
  type ConfigFlags,
  type DryRunFlags,
  type RunFlags,
  type TuningFlags,
} from "../options.ts";
import { checkDryRun, dryRun } from "../dry-run.ts";
import { familyOf } from "../../stages/batches.ts";
import { log } from "../log.mjs";
import { evaluateOtherwise } from "../evaluate-otherwise.ts";
import { printTables, type TableFlags } from "../print-tables.ts";
import { withSession, type Needs, type OpenSession } from "../open-session.ts";
import { textTable } from "../text-table.ts";
import { shellWord } from "../shell-words.mjs";

export type StageFlags = { readonly run?: string } & Pick<ConfigFlags, "labelled" | "unlabelled"> &
  AcceptanceFlags &
  AdapterFlags;

/** Trains the models that begin a run; the others continue one. */
const firstModels: Readonly<Partial<Record<ModelName, (open: OpenSession) => Promise<unknown>>>> = {
  teacher: ({ session, data }) => stages(session, data).trainTeacher(),
  "supervised-noise": ({ session, data }) => supervisedNoise(session, data),
  fixmatch: ({ session, data }) => fixMatch(session, data),
};

/** @throws UsageError where the configured method trains no such model */
function requireOfMethod(config: Config, name: ModelName): void {
  const models = modelsOf(config);
  if (models.includes(name)) return;
  const mend =
    generationOf(name) === undefined
      ? "another method is set with --set method="
      : "more generations with --set generations.count=";
  throw new UsageError(`method: ${config.method} trains ${models.join(", ")}, not ${name}; ${mend}`);
}

/** @throws UsageError where no run is named */
function requireRun({ run }: Pick<StageFlags, "run">): void {
  if (run !== undefined) return;
  throw new UsageError(
    'this stage wants a run with a trained teacher: give it with --run, or begin with "npx fledge train teacher"',
  );
}

/** Opens the run that earlier stages wrote. */
export function withExistingRun<T>(
  flags: StageFlags,
  needs: Needs,
  body: (open: OpenSession) => Promise<T>,
): Promise<T> {
  requireRun(flags);
  return withSession({ ...flags, resume: true, tune: true }, body, needs);
}

export function finished({ session }: OpenSession, name: ModelName): Promise<Model | undefined> {
  return trainedModel(session, name);
}

/** The model that labels for the first students, ready. @throws UsageError where its training is not complete */
async function labeller(open: OpenSession): Promise<Labeller> {
  const { path } = open.session.run;
  const teacher = await finished(open, "teacher");
  if (!teacher)
    throw new UsageError(
      `${path} has no finished teacher: "npx fledge train teacher --run ${shellWord(path)} --resume" goes on with it`,
    );
  return stages(open.session, open.data).trainLabeller(teacher);
}

/** A noisy student's teacher: the one before it, or for the first the labelling one. @throws UsageError where it is not trained */
async function teacherOf(open: OpenSession, generation: number): Promise<Labeller> {
  if (generation === 1) return labeller(open);
  const before = noisyStudentOf(generation - 1);
  const teacher = await finished(open, before);
  if (teacher) return stages(open.session, open.data).putBack(teacher, generation);
  const { path } = open.session.run;
  throw new UsageError(
    `${path} has no finished ${before}: "npx fledge train ${before} --run ${shellWord(path)}" trains it`,
  );
}

type TrainFlags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags & DryRunFlags;

/** What a model's training does of a run: students' labelling teacher may have to be trained first. @throws UsageError */
const scopeOf =
  (name: ModelName) =>
  (config: Config): Scope => {
    requireOfMethod(config, name);
    const before = generationOf(name) === 1 || name === "student" ? ["labelling-teacher" as const] : [];
    return { models: [...before, name], records: false };
  };

const isThereFor = (config: Config, role: "labelled" | "unlabelled"): boolean => {
  const folder = config.data[role];
  return folder !== null && isThere(folder);
};

/**
 * The flags of a new run whose model learns from no unlabelled images, without those of the preset where they were not
 * asked for: they would go with the preset's labelled ones, or are not there.
 */
function withoutUnasked(name: ModelName, flags: TrainFlags): TrainFlags {
  const chosen = flags.resume || flags.extend !== undefined || flags.unlabelled !== undefined;
  if (firstModels[name] === undefined || familyOf(name) === "students" || chosen) return flags;
  const { data } = presetOf(flags);
  const config = configFrom(flags);
  if (config.data.unlabelled !== data.unlabelled) return flags;
  if (config.data.labelled === data.labelled && (isThereFor(config, "unlabelled") || !isThereFor(config, "labelled")))
    return flags;
  log.info(
    `no unlabelled images: the ${name} learns from none, and --unlabelled names them when a student is trained in this run`,
  );
  return { ...flags, set: [...(flags.set ?? []), { data: { unlabelled: null } }] };
}

/** Trains a model: the first of a run, or one that continues it. */
export async function trainOne(name: ModelName, given: TrainFlags): Promise<void> {
  checkDryRun(given);
  const flags = withoutUnasked(name, given);
  const trainFirst = firstModels[name];
  const needs: Needs = { initialWeights: () => true, goesOn: `train ${name}`, scope: scopeOf(name) };
  if (trainFirst) {
    if (!flags.resume && flags.extend === undefined) requireOfMethod(configFrom(flags), name);
    if (flags.dryRun) return dryRun(flags, scopeOf(name));
    return withSession(flags, async (open) => void (await trainFirst(open)), needs);
  }
  if (flags.extend !== undefined)
    throw new UsageError(
      `--extend: it begins a run, with "npx fledge reproduce" or "npx fledge train teacher"; "npx fledge train ${name} --run" goes on with that one`,
    );
  if (flags.dryRun) {
    requireRun(flags);
    return dryRun({ ...flags, resume: true }, scopeOf(name));
  }
  await withExistingRun(flags, needs, async (open) => {
    const paper = stages(open.session, open.data);
    const generation = generationOf(name);
    if (generation !== undefined) await paper.trainNoisyStudent(await teacherOf(open, generation));
    else if (name === "student") await paper.trainStudent(await labeller(open));
    else await labeller(open);
  });
}

type EvaluateFlags = StageFlags &
  TableFlags & { readonly set?: readonly Overrides[]; readonly task?: "target" | "robustness" | "both" };

/**
 * Table 2 of the models that are trained so far; under other settings accuracies of their own, which the run keeps
 * beside its own results.
 */
export async function evaluateAll({ set, task, ...flags }: EvaluateFlags): Promise<void> {
  if (set === undefined && task !== undefined)
    throw new UsageError("--task: it goes with --set; without it, table 2 is evaluated");
  await withExistingRun(flags, { initialWeights: () => false }, async (open) => {
    const { session, data } = open;
    const models: Record<string, Model> = {};
    for (const name of reportedModels(session.config)) {
      const model = await finished(open, name);
      if (model) models[name] = model;
    }
    if (Object.keys(models).length === 0)
      throw new UsageError(`${session.run.path} has no trained model yet: begin with "npx fledge train teacher"`);
    if (set !== undefined) return evaluateOtherwise(open, models, set, { task, json: flags.json });
    await tasks(session, data).target(models);
    await printTables(session.run, flags);
  });
}

/** Prints where the labels of each generation are, and how many are right where the data set tells. */
async function printLabels({ session: { run, config } }: OpenSession, json: true | undefined): Promise<void> {
  const results = await run.results();
  const labelled = Array.from({ length: config.generations.count }, (_, index) => {
    const right = pseudoLabelAccuracyOf(results, index + 1);
    const file = run.file(ofGeneration("pseudo-labels.csv", index + 1));
    return right === undefined ? [] : [{ generation: index + 1, file, right }];
  }).flat();
  if (json) return console.log(JSON.stringify(labelled, null, 2));
  const rows = labelled.map(({ generation, file, right }) => [
    String(generation),
    right === null ? "not known" : percent(right),
    file,
  ]);
  console.log(textTable([["generation", "right labels", "file"], ...rows]).join("\n"));
}

/** Labels for each generation whose teacher is trained: the first's must be. */
async function labelEach(open: OpenSession, json: true | undefined): Promise<void> {
  const { session, data } = open;
  const paper = stages(session, data);
  await paper.pseudoLabel(await labeller(open));
  for (let generation = 2; generation <= session.config.generations.count; generation++) {
    const teacher = await finished(open, noisyStudentOf(generation - 1));
    if (teacher) await paper.pseudoLabel(await paper.putBack(teacher, generation));
  }
  await printLabels(open, json);
}

/** A labelling teacher of its own split may have to be trained first. */
const labelling: Needs = {
  initialWeights: ({ pseudoLabels }) => pseudoLabels.from === "own-split",
  labelsFor: ["student"],
};

/** The labels of every teacher, for the record. */
export const labelAll = ({ json, ...flags }: StageFlags & { readonly json?: true }): Promise<void> =>
  withExistingRun(flags, labelling, (open) => labelEach(open, json));
