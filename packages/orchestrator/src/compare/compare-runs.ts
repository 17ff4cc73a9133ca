import { resolve } from "node:path";
import { wilsonInterval, type Interval } from "@fledge/statistics";
import { compareImages, type ImagesTests, type Outcome } from "@fledge/study";
import { UsageError } from "../config/resolve.ts";
import { reportedModels } from "../methods/models-of.ts";
import type { Curve } from "../report/learning-curve.ts";
import { environmentOf, type Environment } from "../run/environment.ts";
import type { EvaluationRecord, ModelName, ResultsRecord } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { accuracies } from "../study/outcomes.ts";
import { settingsOf } from "../study/changed-settings.ts";

/** A run to compare. */
export interface ComparedRun {
  /** Its folder, as the tables call it. */
  readonly name: string;
  /** What tells where it was computed; null where the file is damaged. */
  readonly environment: Environment | null;
  readonly models: readonly ModelName[];
  readonly curves: ReadonlyMap<ModelName, Curve>;
}

/** A setting, or something else of runs, that is not the same in all of them. */
export interface DifferentSetting {
  readonly key: string;
  /** By run, as JSON; "not set" where it has none. */
  readonly values: readonly string[];
}

/** A model of a run on a task. */
export interface ComparedAccuracy {
  readonly mean: number;
  readonly deviation: number;
  readonly evaluations: number;
  readonly images: number;
  /** Wilson's 95 % interval of a share of this size on so many images. */
  readonly interval: Interval;
}

/** A model on a task, in every run. */
export interface ComparedRow {
  readonly model: ModelName;
  /** By run; null where it has not evaluated that model. */
  readonly accuracies: readonly (ComparedAccuracy | null)[];
}

export interface ComparedTask {
  readonly task: EvaluationRecord["task"];
  readonly rows: readonly ComparedRow[];
}

export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  /** What differs in settings, and in where and with what the runs were computed. */
  readonly settings: readonly DifferentSetting[];
  readonly surroundings: readonly DifferentSetting[];
  readonly tasks: readonly ComparedTask[];
  /** Each run against the first, model by model, on the images that both were tested on. */
  readonly images: ImagesTests;
  /** What could not be read of the runs, and why. */
  readonly unread: readonly string[];
}

/** What is not the same in all of some records of texts. */
function differing(records: readonly ReadonlyMap<string, string>[]): DifferentSetting[] {
  const keys = [...new Set(records.flatMap((record) => [...record.keys()]))];
  return keys
    .map((key) => ({ key, values: records.map((record) => record.get(key) ?? "not set") }))
    .filter(({ values }) => new Set(values).size > 1);
}

function surroundingsOf(environment: Environment | null): Map<string, string> {
  if (!environment) return new Map();
  const { commit, node, system, adapter } = environment;
  return new Map(Object.entries({ commit, node, system, adapter: adapter.name, driver: adapter.driver }));
}

function accuracyOf(record: EvaluationRecord | undefined): ComparedAccuracy | null {
  if (!record || record.images === 0) return null;
  const { mean, deviation, images } = record;
  const evaluations = record.accuracies.length;
  return { mean, deviation, evaluations, images, interval: wilsonInterval(Math.round(mean * images), images) };
}

/** @throws UsageError where fewer than two runs are named, or one twice, or a folder holds none */
async function openRuns(paths: readonly string[]): Promise<RunDirectory[]> {
  if (paths.length < 2) throw new UsageError("name two runs or more: npx fledge compare runs/one runs/other");
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(resolve(path))) throw new UsageError(`${path} is named twice: name each run once`);
    seen.add(resolve(path));
  }
  return Promise.all(paths.map((path) => RunDirectory.open(path)));
}

/** What tells runs apart: settings, results, and whether their models differ. @throws UsageError as `openRuns` does */
export async function compareRuns(paths: readonly string[]): Promise<RunComparison> {
  const opened = await openRuns(paths);
  const unread: string[] = [];
  const readable = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unread.push(error.message);
      return undefined;
    }
  };
  const runs: ComparedRun[] = [];
  const results: (ResultsRecord | undefined)[] = [];
  const outcomes: Outcome[] = [];
  for (const [index, run] of opened.entries()) {
    const models = reportedModels(run.config);
    const curves = new Map<ModelName, Curve>();
    for (const model of models) {
      const epochs = (await readable(run.epochs(model))) ?? [];
      if (epochs.length > 0) curves.set(model, { name: paths[index]!, epochs });
    }
    const environment = (await readable(environmentOf(run))) ?? null;
    runs.push({ name: paths[index]!, environment, models, curves });
    results.push(await readable(run.results()));
    if (results[index]) {
      const own = (await readable(accuracies(run))) ?? [];
      outcomes.push(...own.map((outcome) => ({ variant: paths[index]!, seed: 0, ...outcome })));
    }
  }
  const models = [...new Set(runs.flatMap((run) => run.models))];
  const [first, ...others] = runs;
  const comparisons = others.flatMap(({ name }) =>
    models.map((model) => ({ of: { variant: name, model }, than: { variant: first!.name, model } })),
  );
  return {
    runs,
    settings: differing(opened.map(({ config }) => new Map(settingsOf(config)))),
    surroundings: differing(runs.map(({ environment }) => surroundingsOf(environment))),
    tasks: (["target", "robustness"] as const).map((task) => ({
      task,
      rows: models.map((model) => ({
        model,
        accuracies: results.map((one) =>
          accuracyOf(one?.evaluations.find((record) => record.model === model && record.task === task)),
        ),
      })),
    })),
    images: compareImages(outcomes, comparisons),
    unread,
  };
}
