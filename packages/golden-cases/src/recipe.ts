/** FORMAT.md, "resnet50_recipe_train": a hash with good avalanche, so that weights need no storage. */
export function mix(x: number): number {
  let bits = x >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

interface Recipe {
  readonly ordinal: number;
  readonly offset: number;
  readonly bound: number;
}

/** The first `count` elements of a tensor by recipe, flat in PyTorch's layout: float32(offset + bound * (2 u - 1)). */
export function recipeTensor(
  seed: number,
  { ordinal, offset, bound }: Recipe,
  count: number,
): Float32Array<ArrayBuffer> {
  const start = seed + Math.imul(ordinal, 0x9e3779b9);
  const values = new Float32Array(count); // Float32Array.from would first make a list of 2.4 million numbers.
  for (let index = 0; index < count; index += 1) {
    const u = (mix(start + index) >>> 8) / 16777216;
    values[index] = offset + bound * (2 * u - 1);
  }
  return values;
}
