import { readVariables, writeVariables, type Sgd } from "@fledge/autograd";
import { loadStateDict, stateDict } from "@fledge/resnet";
import { readSafetensors, writeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import { readWeights } from "./initial-weights.ts";
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

const optimiserPrefix = "optimiser.";

/** Writes the network's weights alone: a file that torchvision's `load_state_dict` takes. */
export async function saveWeights(
  file: string,
  model: Model,
  steps: number,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await writeSafetensors(file, await stateDict(model.gpu, model.network, steps), { format: "pt", ...metadata });
}

/** Puts weights into the network from a file of either format, see `readWeights`. @throws where they do not fit the model */
export async function loadWeights(
  file: string,
  model: Model,
  options: { readonly keepHead?: boolean } = {},
): Promise<void> {
  loadStateDict(model.gpu, model.network, await readWeights(file), file, options);
}

/** Writes all that training needs to go on: weights, optimiser state (in our layouts) and progress, in one atomic file. */
export async function saveCheckpoint(file: string, model: Model, optimiser: Sgd, progress: Progress): Promise<void> {
  const tensors = await stateDict(model.gpu, model.network, progress.steps);
  const state = await readVariables(model.gpu, optimiser.variables);
  for (const { name, shape } of optimiser.variables)
    tensors.set(optimiserPrefix + name, { shape, data: state.get(name)! });
  await writeSafetensors(file, tensors, { progress: JSON.stringify(progress) });
}

/** Puts weights and optimiser back as they were saved. @throws where the file does not fit the model */
export async function loadCheckpoint(file: string, model: Model, optimiser: Sgd): Promise<Progress> {
  const { tensors, metadata } = await readSafetensors(file);
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
  loadStateDict(model.gpu, model.network, weights, file);
  writeVariables(model.gpu, optimiser.variables, state);
  return progressSchema.parse(JSON.parse(metadata["progress"] ?? "null"));
}
