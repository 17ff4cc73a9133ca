import { bytesPerElement, decodeElements, type StoredTensor, type StoredType } from "@fledge/safetensors";
import { isCount } from "./count.ts";
import { refuse } from "./error.ts";
import type { Storage } from "./storage.ts";

/** PyTorch's own bound on dimensions. */
const maxRank = 64;

/** Elements in a row-major tensor; NaN where the product, taken in order, leaves the exact integers. */
const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => (isCount(product * size) ? product * size : NaN), 1);

/** A tensor as PyTorch keeps it: its element (i, j) is number offset + i * stride[0] + j * stride[1] of a storage. */
export class TensorView {
  readonly storage: Storage;
  /** Elements from the storage's start. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Elements, one per dimension. */
  readonly stride: readonly number[];
  readonly elements: number;

  constructor(storage: Storage, offset: number, shape: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
    this.elements = elementCount(shape);
  }
}

/**
 * A view from the numbers of a file.
 * @throws TorchWeightsError where an element would lie outside the storage, or the view repeats elements
 */
export function checkedView(
  storage: Storage,
  offset: unknown,
  shape: readonly unknown[],
  stride: readonly unknown[],
): TensorView {
  if (!isCount(offset)) return refuse("a tensor's offset is no count");
  if (!shape.every(isCount)) return refuse("a tensor's shape is no list of counts");
  if (!stride.every(isCount)) return refuse("a tensor's strides are no list of counts");
  const shown = [shape, stride].map((counts) => `[${counts.slice(0, 8).join(",")}]`);
  const named = `a tensor of shape ${shown[0]}, strides ${shown[1]} and offset ${offset}`;
  if (shape.length !== stride.length || shape.length > maxRank) {
    refuse(`${named} has dimensions that do not fit its strides`);
  }
  const view = new TensorView(storage, offset, shape, stride);
  const last = shape.reduce((index, size, axis) => index + (size - 1) * stride[axis]!, offset);
  // Storages are far below 2^53 elements, so a sum that is no longer exact is too large all the same.
  const within = view.elements === 0 ? offset <= storage.elements : last < storage.elements;
  const where = `its storage ${JSON.stringify(storage.key)} of ${storage.elements} elements`;
  if (!within) refuse(`${named} leaves ${where}`);
  if (!(view.elements <= storage.elements)) refuse(`${named} repeats elements of ${where}; save it with .contiguous()`);
  return view;
}

function isRowMajor({ shape, stride }: TensorView): boolean {
  let expected = 1;
  return shape.every((_size, index) => {
    const axis = shape.length - 1 - index;
    const fits = shape[axis] === 1 || stride[axis] === expected;
    expected *= shape[axis]!;
    return fits;
  });
}

/** The view's elements in row-major order, in memory of their own. */
function gather({ storage, offset, shape, stride, elements }: TensorView, bytes: Uint8Array): ArrayBuffer {
  const width = storage.type.bytesPerElement;
  const out = new Uint8Array(elements * width);
  const index = shape.map(() => 0);
  let source = offset;
  for (let element = 0; element < elements; element += 1) {
    for (let byte = 0; byte < width; byte += 1) out[element * width + byte] = bytes[source * width + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      source += stride[axis]!;
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      source -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out.buffer;
}

function storedType({ storage: { type } }: TensorView): StoredType {
  return type.stored ?? refuse(`its type ${type.name} is not read; save it as float32`);
}

/** Bytes that `readTensor` returns; F16 and BF16 take 4 per element. @throws TorchWeightsError as it does */
export function sizeWhenRead(view: TensorView): number {
  const stored = storedType(view);
  return view.elements * (stored === "F16" || stored === "BF16" ? 4 : bytesPerElement[stored]);
}

/**
 * Makes a view a dense tensor with memory of its own.
 * @param bytes the view's whole storage
 * @throws TorchWeightsError for a type that is not read
 */
export function readTensor(view: TensorView, bytes: Uint8Array): StoredTensor {
  const width = view.storage.type.bytesPerElement;
  const start = view.offset * width;
  const own = isRowMajor(view)
    ? new Uint8Array(bytes.subarray(start, start + view.elements * width)).buffer
    : gather(view, bytes);
  return { shape: view.shape, data: decodeElements(storedType(view), own) };
}
