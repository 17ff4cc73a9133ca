import { readVariables, writeVariables, type Variable } from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import type { StoredTensor } from "@fledge/safetensors";
import { fromTorch, toTorch } from "./layout.ts";
import type { Network } from "./resnet.ts";

/** The names that torchvision's model and the tensors at hand do not share, and the shapes that differ. */
export class StateDictError extends Error {
  override readonly name = "StateDictError";
}

export interface LoadOptions {
  /** Leaves the head (fc) as it is: weights for other classes, as when a pretrained network is fine-tuned. */
  readonly keepHead?: boolean;
}

const trackedName = (name: string): string => name.replace(/running_mean$/, "num_batches_tracked");

/** A network's variables under torchvision's names and in PyTorch's layouts, `num_batches_tracked` included. */
export async function stateDict(gpu: Gpu, network: Network, batchesTracked = 0): Promise<Map<string, StoredTensor>> {
  const values = await readVariables(gpu, network.variables);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape } of network.variables) {
    tensors.set(name, toTorch(values.get(name) as Float32Array, shape));
    if (name.endsWith("running_mean"))
      tensors.set(trackedName(name), { shape: [], data: new BigInt64Array([BigInt(batchesTracked)]) });
  }
  return tensors;
}

/** torch's load_state_dict copies whole numbers into float parameters in silence; weights that are ones are a mistake. */
function holdsNoFloats(name: string, { data }: StoredTensor): string {
  if (data instanceof Float64Array) return `${name} holds float64: save it with .float()`;
  const bits = 8 * data.BYTES_PER_ELEMENT;
  const type = data instanceof Uint8Array || data instanceof Uint32Array ? `uint${bits}` : `int${bits}`;
  return `${name} holds no floats but ${type}: save the network's own weights, not quantised ones, with .float()`;
}

function mismatches(variables: readonly Variable[], tensors: ReadonlyMap<string, StoredTensor>): string[] {
  const expected = new Set(variables.flatMap(({ name }) => [name, trackedName(name)]));
  const missing = variables.filter(({ name }) => !tensors.has(name)).map(({ name }) => `missing ${name}`);
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name)).map((name) => `unexpected ${name}`);
  const shapes = variables.flatMap(({ name, shape }) => {
    const found = tensors.get(name);
    if (!found) return [];
    if (!(found.data instanceof Float32Array)) return [holdsNoFloats(name, found)];
    const wanted = toTorch(new Float32Array(0), shape).shape;
    return found.shape.join() === wanted.join()
      ? []
      : [`${name} is [${found.shape.join(",")}], the network has [${wanted.join(",")}]`];
  });
  return [
    ...shortened(missing, "missing"),
    ...shortened(unexpected, "unexpected"),
    ...shortened(shapes, "of another shape"),
  ];
}

const maxListed = 12;

/** The first of each kind, so that a file for another network shows every kind on one screen. */
function shortened(problems: readonly string[], kind: string): string[] {
  if (problems.length <= maxListed) return [...problems];
  return [...problems.slice(0, maxListed), `and ${problems.length - maxListed} more ${kind}`];
}

/**
 * Overwrites a network's variables from tensors with torchvision's names and layouts.
 * @param origin the file, for messages
 * @throws StateDictError listing missing names, unexpected names and shapes that differ; nothing is changed then
 */
export function loadStateDict(
  gpu: Gpu,
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  origin: string,
  { keepHead = false }: LoadOptions = {},
): void {
  const isHead = (name: string): boolean => keepHead && name.startsWith("fc.");
  const variables = network.variables.filter(({ name }) => !isHead(name));
  const given = new Map([...tensors].filter(([name]) => !isHead(name)));
  const problems = mismatches(variables, given);
  if (problems.length > 0) {
    throw new StateDictError(`${origin} does not fit this network:\n  ${problems.join("\n  ")}`);
  }
  const ours = variables.map(({ name }): [string, Float32Array<ArrayBuffer>] => {
    const { data, shape } = given.get(name)!;
    return [name, fromTorch(data as Float32Array, shape).data];
  });
  writeVariables(gpu, variables, new Map(ours));
}
