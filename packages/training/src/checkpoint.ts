import { readVariables, writeVariables, type Sgd } from "@fledge/autograd";
import { loadStateDict, stateDict } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { checkTensors, optimiserPrefix, optimiserState, progressIn, type Progress } from "./checked-checkpoint.ts";
import type { Model } from "./model.ts";

export type { Progress };

/** All that training needs to go on: weights, optimiser state (in our layouts) and progress, as a safetensors file holds them. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export async function checkpointOf(model: Model, optimiser: Sgd, progress: Progress): Promise<Checkpoint> {
  const tensors = await stateDict(model.gpu, model.network, progress.steps);
  const state = await readVariables(model.gpu, optimiser.variables);
  for (const { name, shape } of optimiser.variables) {
    tensors.set(optimiserPrefix + name, { shape, data: state.get(name)! });
  }
  return { tensors, metadata: { progress: JSON.stringify(progress) } };
}

/**
 * Puts weights and optimiser back as they were; where it throws, nothing is changed.
 * @param origin the file, for messages
 * @throws CheckpointError, StateDictError where the checkpoint is damaged or does not fit the model
 */
export function restoreCheckpoint(
  { tensors, metadata }: Checkpoint,
  origin: string,
  model: Model,
  optimiser: Sgd,
): Progress {
  const progress = progressIn(metadata, origin);
  checkTensors(tensors, origin, optimiser);
  const state = optimiserState(tensors, origin, optimiser);
  const weights = new Map([...tensors].filter(([name]) => !name.startsWith(optimiserPrefix)));
  loadStateDict(model.gpu, model.network, weights, origin);
  writeVariables(model.gpu, optimiser.variables, state);
  return progress;
}
