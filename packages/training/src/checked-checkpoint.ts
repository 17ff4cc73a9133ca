import type { Sgd } from "@fledge/autograd";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";

/** How far a training has come. */
const progressSchema = z.object({
  /** Epochs that are complete. */
  epochsDone: z.int().min(0),
  steps: z.int().min(0),
  /** Best validation accuracy so far and its epoch; null before the first. */
  best: z.object({ accuracy: z.number(), epoch: z.int() }).nullable(),
});

export type Progress = z.infer<typeof progressSchema>;

/** What stands before the names of the optimiser's tensors. */
export const optimiserPrefix = "optimiser.";

/** A checkpoint is damaged, or is of another network; the message names the file, the tensor and the mend. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** @throws CheckpointError always */
function refuse(origin: string, problem: string): never {
  throw new CheckpointError(
    `${origin}: ${problem}; it is damaged or another network's: restore it, or remove it to train this model anew`,
  );
}

export function progressIn({ progress: text }: Readonly<Record<string, string>>, origin: string): Progress {
  if (text === undefined) return refuse(origin, 'its metadata hold no "progress"');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(origin, 'its metadata\'s "progress" is no JSON');
  }
  const parsed = progressSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return refuse(origin, `its metadata's "progress": ${z.prettifyError(parsed.error)}`);
}

type Tensors = ReadonlyMap<string, StoredTensor>;

type Values = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** The tensors of the optimiser's variables, by their own names, each of its variable's type and shape. */
export function optimiserState(tensors: Tensors, origin: string, { variables }: Sgd): Map<string, Values> {
  const state = new Map<string, Values>();
  for (const { name, shape, dtype } of variables) {
    const tensor = tensors.get(optimiserPrefix + name);
    const stored = `tensor "${optimiserPrefix}${name}"`;
    if (!tensor) return refuse(origin, `${stored} is missing`);
    if (!(tensor.data instanceof (dtype === "u32" ? Uint32Array : Float32Array))) {
      return refuse(origin, `${stored} is not of type ${dtype}`);
    }
    if (tensor.shape.join() !== shape.join()) {
      return refuse(origin, `${stored} is [${tensor.shape.join(",")}], the optimiser has [${shape.join(",")}]`);
    }
    state.set(name, tensor.data);
  }
  return state;
}

/** @throws CheckpointError for NaN, infinite values, and tensors that no part of the training has */
export function checkTensors(tensors: Tensors, origin: string, { variables }: Sgd): void {
  const known = new Set(variables.map(({ name }) => optimiserPrefix + name));
  for (const [name, { data }] of tensors) {
    if (name.startsWith(optimiserPrefix) && !known.has(name)) refuse(origin, `the optimiser has no tensor "${name}"`);
    if (data instanceof Float32Array && !data.every(Number.isFinite)) {
      refuse(origin, `tensor "${name}" holds NaN or an infinite value`);
    }
  }
}
