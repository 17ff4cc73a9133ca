import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { lookersAt } from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { familyOf } from "../stages/batches.ts";
import { averageOf } from "../stages/optimiser.ts";
import { bestOf } from "./checkpoints.ts";
import { isTrained } from "./is-trained.ts";
import { readPins, type Pins } from "./pins.ts";
import type { ModelName } from "./records.ts";
import { RunDirectory } from "./run-directory.ts";
import { teacherSettings } from "./teacher-settings.ts";

/** The names of settings in which two runs' teachers differ. */
function differing(config: Config, other: Config): string[] {
  const [here, there] = [teacherSettings(config), teacherSettings(other)];
  return [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(
    (key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]),
  );
}

const contents = ({ labelled, weights }: Pins): unknown => [
  labelled.samples.map(({ path, class: name, sha256 }) => [path, name, sha256]),
  weights?.sha256,
];

/** A run that is to have another's teachers; it need not have begun. */
interface Taker {
  readonly config: Config;
  readonly pins: Pins | undefined;
  /** Where it has begun. */
  readonly run: RunDirectory | undefined;
}

/** The teachers that a run lacks. Where its own are damaged, another run's stand in for them. */
async function lacking({ config, run }: Taker): Promise<ModelName[]> {
  const teachers = modelsOf(config).filter((name) => familyOf(name) === "teachers");
  const own = await Promise.all(
    teachers.map(async (name) => run !== undefined && isTrained(run, name).catch(() => false)),
  );
  return teachers.filter((_, index) => !own[index]);
}

/**
 * Finds the teachers that a run may take from another, which trained them by the same settings on the same images. Nothing
 * is written.
 * @throws UsageError saying what differs, or what of the other run is not there
 */
export async function findTeachers(taker: Taker, path: string): Promise<{ other: RunDirectory; models: ModelName[] }> {
  const other = await RunDirectory.open(path);
  const keys = differing(taker.config, other.config);
  if (keys.length > 0)
    throw new UsageError(`--teacher-from: the teacher of ${path} was trained by other ${keys.join(", ")}`);
  const { pins } = taker;
  const others = await readPins(other);
  if (pins && others && JSON.stringify(contents(pins)) !== JSON.stringify(contents(others)))
    throw new UsageError(`--teacher-from: the teacher of ${path} was trained on other images or from other weights`);
  const models = await lacking(taker);
  for (const model of models)
    if (!(await isTrained(other, model)))
      throw new UsageError(`--teacher-from: ${other.path} has no finished ${model}`);
  return { other, models };
}

/**
 * Takes the teachers of another run, so that they need not be trained again. What the run holds already stays.
 * @returns those that it took @throws UsageError as `findTeachers` does
 */
export async function takeTeacher(run: RunDirectory, path: string): Promise<ModelName[]> {
  const { other, models } = await findTeachers({ config: run.config, pins: await readPins(run), run }, path);
  for (const model of models) {
    // The checkpoint comes last: with it the model counts as trained.
    const best = lookersAt(averageOf(other.config)).map((who) => bestOf(other, model, who));
    for (const file of [...best, other.file(model, "metrics.jsonl"), other.file(model, "last.safetensors")])
      await run.write(join(model, basename(file)), await readFile(file));
  }
  return models;
}
