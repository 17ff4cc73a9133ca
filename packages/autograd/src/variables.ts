import { allocationBytes, sizeBytes, TensorTooLargeError, type BufferSlice, type Gpu } from "@fledge/runtime";
import { OwnedMemory } from "./owned-memory.ts";
import type { Variable } from "./tensor.ts";

/** Every variable starts at a multiple of this: the largest offset alignment that WebGPU lets an adapter ask for. */
const alignmentBytes = 256;

/** How far apart two variables begin that lie beside one another. */
export const aligned = (bytes: number): number => Math.ceil(bytes / alignmentBytes) * alignmentBytes;

/** Where tensors lie in a few large buffers. */
export interface BlockLayout {
  /** Block and byte offset per tensor, in the order given. */
  readonly positions: readonly { readonly block: number; readonly offset: number }[];
  readonly blockBytes: readonly number[];
}

/** Packs tensors in order into blocks of at most `limitBytes`, so that an optimiser can run over long flat ranges. */
export function layOutBlocks(tensors: readonly Variable[], limitBytes: number): BlockLayout {
  const blockBytes: number[] = [];
  const positions = tensors.map((tensor) => {
    const size = aligned(allocationBytes(tensor));
    if (size > limitBytes) throw new TensorTooLargeError(tensor.name, size, limitBytes, "use a narrower network");
    if (blockBytes.length === 0 || blockBytes.at(-1)! + size > limitBytes) blockBytes.push(0);
    const block = blockBytes.length - 1;
    const offset = blockBytes[block]!;
    blockBytes[block] = offset + size;
    return { block, offset };
  });
  return { positions, blockBytes };
}

const placements = new WeakMap<object, Map<Variable, BufferSlice>>();

const placementsOn = (gpu: object): Map<Variable, BufferSlice> => {
  let map = placements.get(gpu);
  if (!map) placements.set(gpu, (map = new Map()));
  return map;
};

/** The memory of a variable, if it was placed. */
export const placementOf = (gpu: object, variable: Variable): BufferSlice | undefined =>
  placementsOn(gpu).get(variable);

/** The memory of a placed variable. @throws where `place` was not called */
export function locate(gpu: Gpu, variable: Variable): BufferSlice {
  const slice = placementOf(gpu, variable);
  if (!slice)
    throw new Error(`variable "${variable.name}" is not on this device: call place(gpu, [...]) with it before compile`);
  return slice;
}

/** Variables by role and element type, in order: kernels read one kind while they write another, in other buffers. */
export function byKind(variables: readonly Variable[]): Variable[][] {
  const kinds = new Map<string, Variable[]>();
  for (const variable of variables) {
    const key = `${variable.role} ${variable.dtype}`;
    const kind = kinds.get(key);
    if (kind) kind.push(variable);
    else kinds.set(key, [variable]);
  }
  return [...kinds.values()];
}

function checkInitial(variable: Variable, values: ReturnType<Variable["initial"]>): void {
  if (values.byteLength === sizeBytes(variable)) return;
  const shape = `[${variable.shape.join(",")}]`;
  throw new Error(
    `variable "${variable.name}": its initial contents have ${values.length} elements, its shape is ${shape}`,
  );
}

/**
 * Gives variables memory on the device, those of a kind side by side in the order given, and their initial contents.
 * @throws where one is already there, or too large, or its initial contents do not fit; nothing is placed then
 */
export function place(gpu: Gpu, variables: readonly Variable[]): void {
  const map = placementsOn(gpu);
  const twice = variables.find((variable, index) => map.has(variable) || variables.indexOf(variable) !== index);
  if (twice) throw new Error(`variable "${twice.name}" is already on this device`);
  const placed = new Map<Variable, BufferSlice>();
  const memory = new OwnedMemory(gpu);
  try {
    for (const kind of byKind(variables)) {
      const layout = layOutBlocks(kind, gpu.traits.maxStorageBufferBindingSize);
      const blocks = layout.blockBytes.map((bytes) => memory.allocate(bytes, `variables from ${kind[0]!.name}`));
      kind.forEach((variable, index) => {
        const { block, offset } = layout.positions[index]!;
        const slice = { buffer: blocks[block]!.buffer, offset, sizeBytes: allocationBytes(variable) };
        const values = variable.initial();
        checkInitial(variable, values);
        gpu.write(slice, values);
        placed.set(variable, slice);
      });
    }
  } catch (error) {
    memory.release();
    throw error;
  }
  for (const [variable, slice] of placed) map.set(variable, slice);
}

/** Frees the memory of variables that were placed together. @throws where others lie in the same memory */
export function release(gpu: Gpu, variables: readonly Variable[]): void {
  const map = placementsOn(gpu);
  const slices = new Map(variables.map((variable) => [variable, locate(gpu, variable)]));
  const buffers = new Set([...slices.values()].map(({ buffer }) => buffer));
  const left = [...map].find(([variable, { buffer }]) => !slices.has(variable) && buffers.has(buffer));
  if (left) throw new Error(`release: "${left[0].name}" was placed with it; release together what was placed together`);
  for (const [variable, slice] of slices) {
    gpu.free(slice);
    map.delete(variable);
  }
}

/** Copies variables to the host, by name, in their GPU layouts (see `Variable`). */
export async function readVariables(
  gpu: Gpu,
  variables: readonly Variable[],
): Promise<Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>> {
  const contents = await contentsOf(gpu, variables);
  return new Map(
    variables.map((v, i) => [
      v.name,
      v.dtype === "u32" ? new Uint32Array(contents[i]!) : new Float32Array(contents[i]!),
    ]),
  );
}

/** Overwrites variables from host arrays by name. @throws where one is missing or its length differs */
export function writeVariables(
  gpu: Gpu,
  variables: readonly Variable[],
  data: ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>,
): void {
  for (const variable of variables) {
    const values = data.get(variable.name);
    if (!values) throw new Error(`no data for variable "${variable.name}"`);
    if (values.byteLength !== sizeBytes(variable)) {
      throw new Error(
        `variable "${variable.name}" wants shape [${variable.shape.join(",")}], got ${values.length} elements`,
      );
    }
  }
  for (const variable of variables) gpu.write(locate(gpu, variable), data.get(variable.name)!);
}

/** What each of `variables` holds, in order. */
async function contentsOf(gpu: Gpu, variables: readonly Variable[]): Promise<ArrayBuffer[]> {
  const contents = await gpu.readback.read(
    variables.map((variable) => ({ ...locate(gpu, variable), sizeBytes: sizeBytes(variable) })),
  );
  gpu.throwIfFailed();
  return contents;
}

const fill = (gpu: Gpu, variables: readonly Variable[], contents: readonly ArrayBuffer[]): void =>
  variables.forEach((variable, index) => gpu.write(locate(gpu, variable), new Uint8Array(contents[index]!)));

/** Copies variables into as many others of the same shapes. */
export async function copyVariables(gpu: Gpu, from: readonly Variable[], to: readonly Variable[]): Promise<void> {
  fill(gpu, to, await contentsOf(gpu, from));
}

/** Exchanges the contents of variables with those of as many others of the same shapes. */
export async function swapVariables(gpu: Gpu, some: readonly Variable[], others: readonly Variable[]): Promise<void> {
  const [ofSome, ofOthers] = [await contentsOf(gpu, some), await contentsOf(gpu, others)];
  fill(gpu, some, ofOthers);
  fill(gpu, others, ofSome);
}
