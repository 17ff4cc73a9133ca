import { folderHolder, isThere } from "@fledge/files";
import { logText, lookersAt } from "@fledge/training";
import { generationsOf, modelsOf, reportedModels } from "../methods/models-of.ts";
import { readRobustness } from "../robustness/records.ts";
import { averageOf } from "../stages/optimiser.ts";
import { epochsOf } from "../stages/programs.ts";
import { answersFile, answersOf } from "./answers-file.ts";
import { bestWeights, checkpointFiles, faultOfLog, latestCheckpoint, readCheckpoint } from "./checkpoints.ts";
import { readCost } from "./cost-file.ts";
import { environmentOf } from "./environment.ts";
import { extensionOf } from "./extension.ts";
import { otherEvaluations } from "./other-evaluations.ts";
import { readPins } from "./pins.ts";
import { missingEvaluations, ofGeneration, pseudoLabelAccuracyOf, type ModelName } from "./records.ts";
import { RunDirectory } from "./run-directory.ts";
import { shellWord } from "../cli/shell-words.mjs";

/** What a check has to say: a sentence for each fault, with its mend. */
type Findings = AsyncGenerator<string>;

type Tried<T> = { readonly value: T; readonly fault?: never } | { readonly fault: string };

/** What `body` gives, or the message of what goes wrong in it. */
async function attempt<T>(body: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await body() };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** The message of what goes wrong in `body`, if anything does. */
async function faultOf(body: () => Promise<unknown>): Promise<string[]> {
  const { fault } = await attempt(body);
  return fault === undefined ? [] : [fault];
}

/** `words` where a file is not there, or why that cannot be told. */
async function* ifMissing(file: string, words: string): Findings {
  const looked = await attempt(async () => Promise.resolve(isThere(file)));
  if (looked.fault !== undefined) yield looked.fault;
  else if (!looked.value) yield words;
}

async function* checkJson(run: RunDirectory, name: string, mend: string): Findings {
  const text = await run.read(name);
  if (text === undefined) return;
  const [fault] = await faultOf(async () => JSON.parse(text) as unknown);
  if (fault !== undefined) yield `${run.file(name)} is no JSON (${fault}): ${mend}`;
}

async function* checkModel(run: RunDirectory, model: ModelName, epochs: number, goOn: string): Findings {
  const none = await faultOf(() => latestCheckpoint(run, model));
  if (none.length > 0) {
    yield* none; // All are damaged, and it says what to remove.
    return;
  }
  for (const file of checkpointFiles(run, model).filter(isThere)) {
    for (const fault of await faultOf(() => readCheckpoint(file))) yield `${fault}: ${goOn}, from the other checkpoint`;
  }
  const kept = await latestCheckpoint(run, model);
  if (kept === undefined) {
    yield `${model}: no epoch of its training is kept: ${goOn}`;
    return;
  }
  const { epochsDone, best, log } = kept.progress;
  if (epochsDone < epochs) yield `${model}: ${epochsDone} of ${epochs} epochs are trained: ${goOn}`;
  for (const who of best === null ? [] : lookersAt(averageOf(run.config)))
    yield* await faultOf(() => bestWeights(run, model, kept.progress, who));
  const metrics = `${model}/metrics.jsonl`;
  const fault = faultOfLog(await run.read(metrics), logText(log));
  if (fault !== null) yield `${run.file(metrics)} ${fault}: ${goOn}, which writes it again`;
}

async function* checkResults(run: RunDirectory, goOn: string): Findings {
  const read = await attempt(() => run.results());
  if (read.fault !== undefined) {
    yield read.fault;
    return;
  }
  const results = read.value;
  for (const generation of generationsOf(run.config)) {
    const of = generation === 1 ? "" : ` of generation ${generation}`;
    const file = run.file(ofGeneration("pseudo-labels.csv", generation));
    const key = generation === 1 ? "pseudoLabelAccuracy" : `laterPseudoLabelAccuracies["${generation}"]`;
    if (pseudoLabelAccuracyOf(results, generation) === undefined)
      yield `the unlabelled images have no labels${of} yet: ${goOn}`;
    else yield* ifMissing(file, `${file} is gone: restore it, or take ${key} out of results.json and go on: ${goOn}`);
  }
  for (const { model, task } of missingEvaluations(results, reportedModels(run.config)))
    yield `${model} is not evaluated on the ${task} task yet: ${goOn}`;
  yield* ifMissing(run.file("report", "index.html"), `there is no report yet: ${goOn}`);
}

/**
 * Checks a run whole: every file read and held against its checksum, the logs against the checkpoints, every stage
 * complete. Changes nothing, and asks no device.
 * @returns a sentence for each fault, with its mend
 */
export async function* checkRun(path: string): Findings {
  const opened = await attempt(() => RunDirectory.open(path));
  if (opened.fault !== undefined) {
    yield opened.fault;
    return;
  }
  const run = opened.value;
  const goOn = `"npx fledge reproduce --run ${shellWord(path)} --resume" goes on with it`;
  const holder = await folderHolder(path);
  if (holder !== null) yield `it is being worked on, by ${holder}; what follows may be over in a moment`;
  yield* await faultOf(() => environmentOf(run));
  yield* await faultOf(() => readPins(run));
  yield* checkJson(run, "kernels.json", "restore it, or remove it to go on with kernels chosen anew");
  for (const name of ["data/labelled.manifest.json", "data/unlabelled.manifest.json", "overlap.json"])
    yield* checkJson(run, name, "remove it: the next command on the run writes it again");
  for (const model of modelsOf(run.config)) yield* checkModel(run, model, epochsOf(run.config, model), goOn);
  yield* checkResults(run, goOn);
  yield* await faultOf(() => readRobustness(run));
  yield* await faultOf(() => extensionOf(run));
  yield* await faultOf(() => readCost(run));
  yield* await faultOf(() => otherEvaluations(run));
  for (const model of reportedModels(run.config))
    for (const task of ["target", "robustness"] as const)
      yield* await faultOf(() => answersOf(run, answersFile(model, task)));
}
