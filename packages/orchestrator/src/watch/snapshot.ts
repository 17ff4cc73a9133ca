import { join } from "node:path";
import { folderHolder } from "@fledge/files";
import type { EpochRecord, StepRecord } from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { generationsOf, modelsOf, reportedModels } from "../methods/models-of.ts";
import { pseudoLabelRows } from "../report/pseudo-label-rows.ts";
import { classCounts, type ClassCounts } from "../report/pseudo-labels.ts";
import {
  examplesIn,
  examplesName,
  liveLines,
  liveName,
  type Examples,
  type LiveLine,
  type LiveStep,
} from "../run/live-file.ts";
import { ifAbsent, readIfThere } from "../run/if-there.ts";
import { parseLog } from "../run/read-records.ts";
import {
  missingEvaluations,
  ofGeneration,
  pseudoLabelAccuracyOf,
  type ModelName,
  type ResultsRecord,
} from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { KeptFiles } from "./kept.ts";
import { epochsOf } from "../stages/programs.ts";
import { shellWord } from "../cli/shell-words.mjs";
import { explainSystemError } from "../cli/system-errors.mjs";

/** Where a run stands. "unreadable": there is something, which cannot be read; "gone": it was there. */
export type RunState = "not begun" | "running" | "finished" | "stopped" | "failed" | "unreadable" | "gone";

/** A model of a run, as far as it is trained. */
export interface WatchedModel {
  readonly model: ModelName;
  readonly epochs: number;
  readonly records: readonly EpochRecord[];
  /** Steps that the log keeps of finished epochs, then those of the epoch under way. */
  readonly steps: readonly (StepRecord | LiveStep)[];
  /** What its latest epoch said of a few images; undefined before the first. */
  readonly examples: Examples | undefined;
}

/** How many unlabelled images have each class, by the data set's own labels and by a teacher's. */
export type LabelCounts = Pick<ClassCounts, "name" | "own" | "labelled">;

/** The labels of a generation. */
export interface WatchedLabels {
  readonly generation: number;
  /** Share of 1 that are the data set's own. */
  readonly accuracy: number | undefined;
  readonly counts: readonly LabelCounts[];
}

/** All that can be seen of a run at a moment. */
export interface RunSnapshot {
  readonly path: string;
  readonly state: RunState;
  /** Whose hands it is in, how to go on with it, what is wrong with it; a sentence or nothing. */
  readonly about: string;
  /** Undefined before it has begun. */
  readonly config: Config | undefined;
  readonly models: readonly WatchedModel[];
  readonly labels: readonly WatchedLabels[];
  readonly results: ResultsRecord | undefined;
  /** What is going on: the model that trains now, its latest step, and what else was said of late. */
  readonly now: {
    readonly training: Extract<LiveLine, { kind: "training" }> | undefined;
    readonly step: LiveStep | undefined;
    readonly notes: readonly string[];
  };
}

const nothingNow = { training: undefined, step: undefined, notes: [] };

/** A file that another process may be writing; empty where it is not there. @throws where it cannot be read */
const textOf = async (file: string): Promise<string> => (await readIfThere(file)) ?? "";

/** Whose hands a run is in, in words; null where it is nobody's. @throws where that cannot be read */
const holderOf = async (path: string): Promise<string | null> =>
  // A lock may go while it is looked at.
  (await folderHolder(path, false).catch(ifAbsent)) ?? null;

async function modelOf(run: RunDirectory, model: ModelName, live: readonly LiveLine[]): Promise<WatchedModel> {
  const file = run.file(model, "metrics.jsonl");
  const { records } = parseLog(await textOf(file), file);
  const epochs = records.filter((record) => record.kind === "epoch");
  const own = live.findLast((line) => line.kind === "training")?.model === model;
  const under = live.filter((line) => line.kind === "step").filter(({ epoch }) => epoch >= epochs.length);
  return {
    model,
    epochs: epochsOf(run.config, model),
    records: epochs,
    steps: [...records.filter((record) => record.kind === "step"), ...(own ? under : [])],
    examples: examplesIn(await textOf(run.file(model, examplesName))),
  };
}

async function labelsOf(
  run: RunDirectory,
  results: ResultsRecord | undefined,
  files: KeptFiles,
): Promise<WatchedLabels[]> {
  const found = generationsOf(run.config).map(async (generation): Promise<WatchedLabels[]> => {
    const file = run.file(ofGeneration("pseudo-labels.csv", generation));
    const counts = await files.of(file, (text) =>
      text === "" ? null : classCounts(pseudoLabelRows(text, file), null, run.config),
    );
    if (!counts) return [];
    return [{ generation, accuracy: pseudoLabelAccuracyOf(results, generation) ?? undefined, counts }];
  });
  return (await Promise.all(found)).flat();
}

const isComplete = (
  { config }: RunDirectory,
  models: readonly WatchedModel[],
  results: ResultsRecord | undefined,
): boolean =>
  models.every(({ epochs, records }) => records.length >= epochs) &&
  missingEvaluations(results, reportedModels(config)).length === 0;

/**
 * What can be seen of the run in a folder now; reads alone, and takes nothing that is half-written for damage.
 * @param files what an earlier look read of the labels
 */
export async function snapshotOf(path: string, files = new KeptFiles()): Promise<RunSnapshot> {
  const nothing = { path, config: undefined, models: [], labels: [], results: undefined, now: nothingNow };
  try {
    if ((await textOf(join(path, "config.json"))) === "") {
      const holder = await holderOf(path);
      const about = holder === null ? "" : `it is being begun by ${holder.split(";")[0]!}`;
      return { ...nothing, state: "not begun", about };
    }
    const run = await RunDirectory.open(path);
    const live = liveLines(await textOf(run.file(liveName)));
    const results = await run.results();
    const models: WatchedModel[] = [];
    for (const model of modelsOf(run.config)) models.push(await modelOf(run, model, live));
    const holder = await holderOf(path);
    const complete = isComplete(run, models, results);
    const last = live.at(-1);
    const failure = last?.kind === "failed" ? `${last.text}; ${last.mend}` : undefined;
    const ended = complete ? "finished" : failure !== undefined ? "failed" : "stopped";
    const state = holder !== null ? "running" : ended;
    const about = {
      running: `in the hands of ${holder?.split(/[;,]/)[0]}`,
      finished: "all models are trained and evaluated",
      failed: failure ?? "",
      stopped: `no process works on it: "npx fledge reproduce --run ${shellWord(path)} --resume" goes on with it`,
    }[state];
    return {
      path,
      state,
      about,
      config: run.config,
      models,
      labels: await labelsOf(run, results, files),
      results,
      now: {
        training: live.findLast((line) => line.kind === "training"),
        step: live.findLast((line) => line.kind === "step"),
        notes: live.flatMap((line) => (line.kind === "note" ? [line.text] : [])),
      },
    };
  } catch (error) {
    const about = error instanceof UsageError ? error.message : explainSystemError(error);
    if (about === undefined) throw error;
    return { ...nothing, state: "unreadable", about };
  }
}

/** Looks at the run in a folder again and again: also says when it has gone. */
export function looksAt(path: string): () => Promise<RunSnapshot> {
  const files = new KeptFiles();
  let seen = false;
  return async () => {
    const snapshot = await snapshotOf(path, files);
    if (snapshot.state !== "not begun") seen = true;
    else if (seen && snapshot.about === "")
      return { ...snapshot, state: "gone", about: "moved or deleted while watched" };
    return snapshot;
  };
}
