/** FORMAT.md, "resnet50_recipe_train": a hash with good avalanche, so that weights need no storage. */
function mix(x: number): number {
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
