import { readVariables, writeVariables, type Sgd } from "@fledge/autograd";
import { loadStateDict, stateDict } from "@fledge/resnet";
import { SafetensorsError, type StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { Model } from "./model.ts";
import type { MetricRecord } from "./records.ts";

/** How far a training has come. */
const progressSchema = z.object({
  /** Epochs that are complete. */
  epochsDone: z.int().min(0),
  steps: z.int().min(0),
  /** Best validation accuracy so far and its epoch; null before the first. */
  best: z.object({ accuracy: z.number(), epoch: z.int() }).nullable(),
});

export interface Progress extends z.infer<typeof progressSchema> {
  /** All that was logged of the epochs that are complete. */
  readonly log: readonly MetricRecord[];
}

/** All that training needs to go on: weights, optimiser state (in our layouts), progress and log, as a safetensors file holds them. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const optimiserPrefix = "optimiser.";

/** A tensor, for a header's length is bounded and a log's is not. */
const logName = "training.log";

/** Records as lines of JSON. */
export const logText = (log: readonly MetricRecord[]): string =>
  log.map((record) => `${JSON.stringify(record)}\n`).join("");

export async function checkpointOf(model: Model, optimiser: Sgd, progress: Progress): Promise<Checkpoint> {
  const { log, ...counts } = progress;
  const tensors = await stateDict(model.gpu, model.network, progress.steps);
  const state = await readVariables(model.gpu, optimiser.variables);
  for (const { name, shape } of optimiser.variables) {
    tensors.set(optimiserPrefix + name, { shape, data: state.get(name)! });
  }
  const lines = new Uint8Array(Buffer.from(logText(log)));
  tensors.set(logName, { shape: [lines.length], data: lines });
  return { tensors, metadata: { progress: JSON.stringify(counts) } };
}

/**
 * How far a checkpoint's training has come.
 * @param origin the file, for messages
 * @throws SafetensorsError where it does not say so
 */
export function progressOf({ tensors, metadata }: Checkpoint, origin: string): Progress {
  try {
    const counts = progressSchema.parse(JSON.parse(metadata["progress"] ?? "null"));
    const lines = Buffer.from(tensors.get(logName)!.data as Uint8Array)
      .toString()
      .split("\n")
      .slice(0, -1);
    return { ...counts, log: lines.map((line) => JSON.parse(line) as MetricRecord) };
  } catch (error) {
    throw new SafetensorsError(`${origin}: it does not say how far its training has come`, { cause: error });
  }
}

/**
 * Puts weights and optimiser back as they were.
 * @param origin the file, for messages
 * @throws where the checkpoint does not fit the model
 */
export function restoreCheckpoint(checkpoint: Checkpoint, origin: string, model: Model, optimiser: Sgd): Progress {
  const weights = new Map<string, StoredTensor>();
  const state = new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>();
  for (const [name, tensor] of checkpoint.tensors) {
    if (name === logName) continue;
    if (!name.startsWith(optimiserPrefix)) weights.set(name, tensor);
    else
      state.set(
        name.slice(optimiserPrefix.length),
        tensor.data as Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
      );
  }
  loadStateDict(model.gpu, model.network, weights, origin);
  writeVariables(model.gpu, optimiser.variables, state);
  return progressOf(checkpoint, origin);
}
