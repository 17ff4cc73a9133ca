import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { lookersAt } from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import { modelsOf } from "../methods/models-of.ts";
import { averageOf } from "../stages/optimiser.ts";
import { bestOf } from "./checkpoints.ts";
import { isTrained } from "./is-trained.ts";
import { readPins, type Pins } from "./pins.ts";
import type { ModelName } from "./records.ts";
import { RunDirectory } from "./run-directory.ts";
import { teacherSettings } from "./teacher-settings.ts";

/** The names of settings in which two runs' teachers differ. */
function differing(run: RunDirectory, other: RunDirectory): string[] {
  const [here, there] = [teacherSettings(run.config), teacherSettings(other.config)];
  return [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(
    (key) => JSON.stringify(here[key]) !== JSON.stringify(there[key]),
  );
}

const contents = ({ labelled, weights }: Pins): unknown => [
  labelled.samples.map(({ path, class: name, sha256 }) => [path, name, sha256]),
  weights?.sha256,
];

/**
 * Takes the teachers of another run, which was trained by the same settings on the same images, so that they need not
 * be trained again. What the run holds already stays.
 * @throws UsageError saying what differs, or what of the other run is not there
 */
export async function takeTeacher(run: RunDirectory, path: string): Promise<ModelName[]> {
  const other = await RunDirectory.open(path);
  const keys = differing(run, other);
  if (keys.length > 0)
    throw new UsageError(`--teacher-from: the teacher of ${path} was trained by other ${keys.join(", ")}`);
  const [pins, others] = [await readPins(run), await readPins(other)];
  if (pins && others && JSON.stringify(contents(pins)) !== JSON.stringify(contents(others)))
    throw new UsageError(`--teacher-from: the teacher of ${path} was trained on other images or from other weights`);
  const taken: ModelName[] = [];
  for (const model of modelsOf(run.config).filter((name) => name.endsWith("teacher"))) {
    // Where its own are damaged, another run's stand in for them.
    if (await isTrained(run, model).catch(() => false)) continue;
    if (!(await isTrained(other, model)))
      throw new UsageError(`--teacher-from: ${other.path} has no finished ${model}`);
    // The checkpoint comes last: with it the model counts as trained.
    const best = lookersAt(averageOf(other.config)).map((who) => bestOf(other, model, who));
    for (const file of [...best, other.file(model, "metrics.jsonl"), other.file(model, "last.safetensors")])
      await run.write(join(model, basename(file)), await readFile(file));
    taken.push(model);
  }
  return taken;
}
