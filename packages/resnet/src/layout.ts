/** Moves axis `order[i]` of a row-major tensor to place i. */
function transpose(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  let at = 0;
  const walk = (axis: number, from: number): void => {
    const size = sizes[axis]!;
    const step = steps[axis]!;
    if (axis === sizes.length - 1) for (let i = 0; i < size; i++) result[at++] = data[from + i * step]!;
    else for (let i = 0; i < size; i++) walk(axis + 1, from + i * step);
  };
  if (data.length > 0) walk(0, 0);
  return result;
}

/** Ours to PyTorch's, by rank: HWIO -> OIHW, [IN,OUT] -> [OUT,IN], vectors as they are. */
const toTorchOrder: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };
/** PyTorch's to ours: OIHW -> HWIO. */
const fromTorchOrder: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };

const orderFor = (orders: Readonly<Record<number, readonly number[]>>, shape: readonly number[]): readonly number[] => {
  const order = orders[shape.length];
  if (!order) throw new Error(`a parameter of shape [${shape.join(",")}] has no counterpart in torchvision`);
  return order;
};

/** A tensor in PyTorch's layout. @param shape ours */
export function toTorch(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const order = orderFor(toTorchOrder, shape);
  return { shape: order.map((axis) => shape[axis]!), data: transpose(data, shape, order) };
}

/** A tensor in our layout. @param shape PyTorch's */
export function fromTorch(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const order = orderFor(fromTorchOrder, shape);
  return { shape: order.map((axis) => shape[axis]!), data: transpose(data, shape, order) };
}
