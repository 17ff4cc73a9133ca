import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { lockName } from "@fledge/files";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import { keepBest, keepCheckpoint, takeUpCheckpoint } from "@fledge/orchestrator/src/run/checkpoints.ts";
import type { ModelName } from "@fledge/orchestrator/src/run/records.ts";
import { RunDirectory } from "@fledge/orchestrator/src/run/run-directory.ts";
import type { StoredTensor } from "@fledge/safetensors";
import { logText, type EpochRecord, type Progress } from "@fledge/training";

const epochs = 3;

const recordOf = (epoch: number, best: boolean): EpochRecord => ({
  kind: "epoch",
  epoch,
  phase: "labelled",
  learningRate: 0.1,
  trainLoss: 1 / (epoch + 1),
  trainAccuracy: 0.5,
  validationLoss: 1,
  validationAccuracy: epoch / 10,
  best,
  images: 8,
  seconds: 1,
  imagesPerSecond: 8,
  dataWaitSeconds: 0,
});

/** A step of "training": what comes next depends on all that came before. */
const trained = (weights: Float32Array, epoch: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(weights, (weight, index) => Math.sin(weight * 3 + epoch + index));

/** Trains as `train` does with the keeper of `train-model.ts`, on four numbers in the place of a network. */
async function train(run: RunDirectory, model: ModelName): Promise<void> {
  const kept = await takeUpCheckpoint(run, model, () => {});
  let progress: Progress = kept?.progress ?? { epochsDone: 0, steps: 0, best: null, log: [] };
  let weights = (kept?.checkpoint.tensors.get("weight")?.data ?? new Float32Array(4)) as Float32Array<ArrayBuffer>;
  for (let epoch = progress.epochsDone; epoch < epochs; epoch++) {
    weights = trained(weights, epoch);
    const best = epoch !== 1;
    const step = { kind: "step", epoch, step: 0, loss: 1, accuracy: 0 } as const;
    progress = {
      epochsDone: epoch + 1,
      steps: epoch + 1,
      best: best ? { accuracy: epoch / 10, epoch } : progress.best,
      log: [...progress.log, step, recordOf(epoch, best)],
    };
    const tensors = new Map<string, StoredTensor>([["weight", { shape: [4], data: weights }]]);
    if (best) await keepBest(run, model, tensors, epoch);
    const { log, ...counts } = progress;
    const lines = new Uint8Array(Buffer.from(logText(log)));
    const withLog = new Map([...tensors, ["training.log", { shape: [lines.length], data: lines }]]);
    await keepCheckpoint(run, model, { tensors: withLog, metadata: { progress: JSON.stringify(counts) } }, progress);
  }
}

/** Goes on with the run in a folder, or begins it where there is none, as a person at the command line would. */
async function open(path: string): Promise<RunDirectory> {
  try {
    const run = await RunDirectory.open(path);
    await run.lock();
    return run;
  } catch (error) {
    if (!/holds no run|before it had begun/.test((error as Error).message)) throw error;
    return RunDirectory.create(path, presets["demo"]!, { commit: "c" }, (run) => run.write("kernels.json", "[]"));
  }
}

/**
 * A run without a device: every file of a run, written by the code that writes those of a real one, in its order. So
 * thousands of them take seconds.
 */
export async function scriptedRun(path: string): Promise<void> {
  const run = await open(path);
  try {
    await run.writeJson("data/labelled.manifest.json", {});
    await train(run, "teacher");
    if ((await run.results())?.pseudoLabelAccuracy === undefined) {
      await run.write("pseudo-labels.csv", "image,label\n");
      await run.addResults({ pseudoLabelAccuracy: 0.5 });
    }
    await train(run, "student");
    if (!(await run.results())?.evaluations.length)
      await run.addResults({
        evaluations: [{ model: "teacher", task: "target", images: 1, accuracies: [1], mean: 1, deviation: 0 }],
      });
    await run.write("report/index.html", "<p>");
  } finally {
    run.release();
  }
}

/** Every file of a run with its contents. */
export async function filesOf(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const named = files.map(async (file) => [relative(path, file), await readFile(file, "latin1")] as const);
  const all = Object.fromEntries(await Promise.all(named));
  if (lockName in all) throw new Error(`${path} is locked`);
  // Which of two generations is there beside the last one depends on where a run was cut off.
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith("previous.safetensors")));
}
