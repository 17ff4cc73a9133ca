/** FORMAT.md, "resnet50_recipe_train": a hash with good avalanche, so that weights need no storage. */
export function mix(x: number): number {
  let bits = x >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export interface Recipe {
  readonly ordinal: number;
  readonly offset: number;
  readonly bound: number;
}

/** Element `index` of a recipe: float32(offset + bound * (2 u - 1)). */
export function recipeValue(seed: number, { ordinal, offset, bound }: Recipe, index: number): number {
  const u = (mix(seed + Math.imul(ordinal, 0x9e3779b9) + index) >>> 8) / 16777216;
  return Math.fround(offset + bound * (2 * u - 1));
}

/** The first `count` elements of a tensor by recipe, flat in PyTorch's layout. */
export function recipeTensor(seed: number, recipe: Recipe, count: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count); // Float32Array.from would first make a list of 2.4 million numbers.
  for (let index = 0; index < count; index += 1) values[index] = recipeValue(seed, recipe, index);
  return values;
}
