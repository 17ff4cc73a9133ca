/** Why a rung that handles channels in fours cannot run, or null. */
export const needsVectors = ({ C }: { readonly C: number }): string | null =>
  C % 4 === 0 ? null : `C ${C} is no multiple of 4`;
