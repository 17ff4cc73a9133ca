import { readVariables, writeVariables, type Sgd } from "@fledge/autograd";
import { loadStateDict, stateDict } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import {
  checkTensors,
  logName,
  optimiserPrefix,
  optimiserState,
  progressOf,
  type Progress,
} from "./checked-checkpoint.ts";
import type { Model } from "./model.ts";
import type { MetricRecord } from "./records.ts";

export { progressOf, type Progress };

/** All that training needs to go on: weights, optimiser state (in our layouts), progress and log, as a safetensors file holds them. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

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
 * Puts weights and optimiser back as they were; where it throws, nothing is changed.
 * @param origin the file, for messages
 * @throws CheckpointError, StateDictError where the checkpoint is damaged or does not fit the model
 */
export function restoreCheckpoint(checkpoint: Checkpoint, origin: string, model: Model, optimiser: Sgd): Progress {
  const { tensors } = checkpoint;
  const progress = progressOf(checkpoint, origin);
  checkTensors(tensors, origin, optimiser);
  const state = optimiserState(tensors, origin, optimiser);
  const weights = new Map([...tensors].filter(([name]) => name !== logName && !name.startsWith(optimiserPrefix)));
  loadStateDict(model.gpu, model.network, weights, origin);
  writeVariables(model.gpu, optimiser.variables, state);
  return progress;
}
