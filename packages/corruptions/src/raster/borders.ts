// Where a position outside 0 .. size - 1 is read instead, however far outside it lies.

/** aaa|abc|ccc: the nearest position inside. */
export const clampIndex = (i: number, size: number): number => (i < 0 ? 0 : i < size ? i : size - 1);

/** cb|abc|ba: mirrored about the edge's centre, the edge not repeated (OpenCV's BORDER_REFLECT_101). */
export function mirrorIndex(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = ((i % period) + period) % period;
  return folded < size ? folded : period - folded;
}

/** ba|abc|cb: mirrored about the edge itself, which is so repeated (SciPy's "reflect"). */
export function mirrorEdgeIndex(i: number, size: number): number {
  const period = 2 * size;
  const folded = ((i % period) + period) % period;
  return folded < size ? folded : period - 1 - folded;
}
