/** Float tensors with their sizes, outermost first. */
interface Dense {
  readonly shape: number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Moves axis `order[i]` of a row-major tensor to place i. */
export function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Dense {
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
  return { shape: sizes, data: result };
}

const moved = (data: Float32Array, shape: readonly number[], order: readonly number[]): Dense =>
  shape.length === order.length ? permute(data, shape, order) : { shape: [...shape], data: Float32Array.from(data) };

/** PyTorch's activations [N,C,H,W] to ours, [N,H,W,C]; a copy of a tensor of another rank. @param shape PyTorch's */
export const toNhwc = (data: Float32Array, shape: readonly number[]): Dense => moved(data, shape, [0, 2, 3, 1]);

/** Our activations [N,H,W,C] to PyTorch's, [N,C,H,W]; a copy of a tensor of another rank. @param shape ours */
export const toNchw = (data: Float32Array, shape: readonly number[]): Dense => moved(data, shape, [0, 3, 1, 2]);
