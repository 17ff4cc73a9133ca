import { readVariables, writeVariables, type Sgd } from "@fledge/autograd";
import { loadStateDict, stateDict } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { Model } from "./model.ts";

/** How far a training has come. */
const progressSchema = z.object({
  /** Epochs that are complete. */
  epochsDone: z.int().min(0),
  steps: z.int().min(0),
  /** Best validation accuracy so far and its epoch; null before the first. */
  best: z.object({ accuracy: z.number(), epoch: z.int() }).nullable(),
});

export type Progress = z.infer<typeof progressSchema>;

/** All that training needs to go on: weights, optimiser state (in our layouts) and progress, as a safetensors file holds them. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const optimiserPrefix = "optimiser.";

export async function checkpointOf(model: Model, optimiser: Sgd, progress: Progress): Promise<Checkpoint> {
  const tensors = await stateDict(model.gpu, model.network, progress.steps);
  const state = await readVariables(model.gpu, optimiser.variables);
  for (const { name, shape } of optimiser.variables) {
    tensors.set(optimiserPrefix + name, { shape, data: state.get(name)! });
  }
  return { tensors, metadata: { progress: JSON.stringify(progress) } };
}

/**
 * Puts weights and optimiser back as they were.
 * @param origin the file, for messages
 * @throws where the checkpoint does not fit the model
 */
export function restoreCheckpoint(
  { tensors, metadata }: Checkpoint,
  origin: string,
  model: Model,
  optimiser: Sgd,
): Progress {
  const weights = new Map<string, StoredTensor>();
  const state = new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>();
  for (const [name, tensor] of tensors) {
    if (!name.startsWith(optimiserPrefix)) weights.set(name, tensor);
    else
      state.set(
        name.slice(optimiserPrefix.length),
        tensor.data as Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
      );
  }
  loadStateDict(model.gpu, model.network, weights, origin);
  writeVariables(model.gpu, optimiser.variables, state);
  return progressSchema.parse(JSON.parse(metadata["progress"] ?? "null"));
}
