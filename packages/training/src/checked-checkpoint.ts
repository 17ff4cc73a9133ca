import type { Sgd } from "@fledge/autograd";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import { metricSchema } from "./record-schema.ts";
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

/** The log's tensor: a header's length is bounded and a log's is not. */
export const logName = "training.log";

type Tensors = ReadonlyMap<string, StoredTensor>;

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

/** A record with its keys in their order, so that it is written as it was read. @throws where it is none */
function recordOf(line: string): MetricRecord {
  const record = JSON.parse(line) as unknown;
  const checked: Record<string, unknown> = metricSchema.parse(record);
  return Object.fromEntries(Object.keys(record as object).map((key) => [key, checked[key]])) as unknown as MetricRecord;
}

function logIn(tensors: Tensors, origin: string): MetricRecord[] {
  const stored = tensors.get(logName)?.data;
  if (!(stored instanceof Uint8Array)) return refuse(origin, `tensor "${logName}" is missing or holds no bytes`);
  const lines = Buffer.from(stored).toString().split("\n").slice(0, -1);
  try {
    return lines.map(recordOf);
  } catch {
    return refuse(origin, `tensor "${logName}" is no log`);
  }
}

/** How far a checkpoint's training has come. @throws CheckpointError where it does not say so */
export function progressOf(
  { tensors, metadata }: { readonly tensors: Tensors; readonly metadata: Readonly<Record<string, string>> },
  origin: string,
): Progress {
  const text = metadata["progress"];
  if (text === undefined) return refuse(origin, 'its metadata hold no "progress"');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(origin, 'its metadata\'s "progress" is no JSON');
  }
  const parsed = progressSchema.safeParse(value);
  if (!parsed.success) return refuse(origin, `its metadata's "progress": ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, log: logIn(tensors, origin) };
}

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
