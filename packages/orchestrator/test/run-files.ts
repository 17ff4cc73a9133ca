import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checksumKey, readSafetensors } from "@fledge/safetensors";
import type { EpochRecord, MetricRecord } from "@fledge/training";
import type { ResultsRecord } from "../src/run/records.ts";

/** `metrics.jsonl` of a model of a run. */
export async function metricsOf(run: string, model: string): Promise<MetricRecord[]> {
  const text = await readFile(join(run, model, "metrics.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as MetricRecord);
}

export const epochsOf = async (run: string, model: string): Promise<EpochRecord[]> =>
  (await metricsOf(run, model)).filter((record) => record.kind === "epoch");

export const resultsOf = async (run: string): Promise<ResultsRecord> =>
  JSON.parse(await readFile(join(run, "results.json"), "utf8")) as ResultsRecord;

/** A hash of a checkpoint without its log, which says how long it took, and without its own checksum. */
async function hashOf(file: string): Promise<string> {
  const { tensors, metadata } = await readSafetensors(file);
  const hash = createHash("sha256").update(JSON.stringify({ ...metadata, [checksumKey]: "" }));
  for (const [name, { shape, data }] of tensors)
    if (name !== "training.log") hash.update(`${name} ${shape.join()}`).update(data);
  return hash.digest("hex");
}

const notModels = ["data", "report", "robustness", "tensorboard"];

/** `robustness.json` of a run without its times. */
async function robustnessOf(run: string): Promise<unknown> {
  const text = await readFile(join(run, "robustness.json"), "utf8");
  return JSON.parse(text, (key, value: unknown) => (key === "seconds" ? 0 : value));
}

/** What must not differ between two runs of one configuration: metrics without times, weights and optimiser to the bit, labels, results, robustness. */
export async function outcomeOf(run: string): Promise<Record<string, unknown>> {
  const outcome: Record<string, unknown> = {};
  const folders = (await readdir(run, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  for (const model of folders.filter((name) => !notModels.includes(name))) {
    outcome[model] = {
      metrics: (await metricsOf(run, model)).map((record) =>
        record.kind === "step" ? record : { ...record, seconds: 0, imagesPerSecond: 0, dataWaitSeconds: 0 },
      ),
      best: await hashOf(join(run, model, "best.safetensors")),
      last: await hashOf(join(run, model, "last.safetensors")),
    };
    const bestTeacher = join(run, model, "best-teacher.safetensors");
    if (existsSync(bestTeacher)) Object.assign(outcome[model]!, { bestTeacher: await hashOf(bestTeacher) });
  }
  if ((await readdir(run)).includes("robustness.json")) outcome["robustness"] = await robustnessOf(run);
  if ((await readdir(run)).includes("results.json")) {
    outcome["results"] = await resultsOf(run);
    if ((await readdir(run)).includes("pseudo-labels.csv"))
      outcome["labels"] = await readFile(join(run, "pseudo-labels.csv"), "utf8");
    for (const name of (await readdir(run)).filter((file) => /^(pseudo-labels-\d+|chosen-images.*)\.csv$/.test(file)))
      outcome[name] = await readFile(join(run, name), "utf8");
  }
  return outcome;
}
