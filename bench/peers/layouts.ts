// Activations between Fledge's layout and that of PyTorch, ONNX and jax-js; `toTorch` and `fromTorch` of @fledge/resnet do weights.

/** Moves axis `order[i]` of a row-major tensor to place i. */
function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const [A, B, C, D] = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [a, b, c, d] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < A; i++)
    for (let j = 0; j < B; j++)
      for (let k = 0; k < C; k++)
        for (let l = 0, from = i * a + j * b + k * c; l < D; l++, from += d) result[at++] = data[from]!;
  return result;
}

/** [N,H,W,C] -> [N,C,H,W] */
export const toNchw = (
  data: Float32Array,
  [N, H, W, C]: readonly [number, number, number, number],
): Float32Array<ArrayBuffer> => permute(data, [N, H, W, C], [0, 3, 1, 2]);

/** [N,C,H,W] -> [N,H,W,C] */
export const toNhwc = (
  data: Float32Array,
  [N, C, H, W]: readonly [number, number, number, number],
): Float32Array<ArrayBuffer> => permute(data, [N, C, H, W], [0, 2, 3, 1]);
