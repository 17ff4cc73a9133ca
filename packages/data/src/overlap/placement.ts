import { cuts, type Cut } from "./hashes.ts";

/**
 * Where the second picture lies in the first: the point (u, v) of the second, each in 0 .. 1, shows what stands at
 * (left + across * u, top + down * v) of the first. `across` is negative where one is mirrored.
 */
export interface Placement {
  readonly left: number;
  readonly across: number;
  readonly top: number;
  readonly down: number;
}

/** A candidate's guess: one picture's cut, by number, shows what the other's whole, which is number 0, shows. */
export interface Guess {
  readonly ofFirst: number;
  readonly ofSecond: number;
  readonly mirrored: boolean;
}

/** One side's offset and scale. */
type Span = readonly [offset: number, scale: number];

/** The placement that a guess stands for. */
export function placementOf({ ofFirst, ofSecond, mirrored }: Guess): Placement {
  const [first, second] = [cuts[ofFirst]!, cuts[ofSecond]!];
  // One of the two is the whole picture.
  const span = (side: keyof Cut, turned: boolean): Span => {
    const [from, to] = first[side];
    const [start, end] = second[side];
    const scale = (to - from) / (end - start);
    return turned ? [to + start * scale, -scale] : [from - start * scale, scale];
  };
  const [left, across] = span("across", mirrored);
  const [top, down] = span("down", false);
  return { left, across, top, down };
}

/** No copy is cut further than this: a fifth, and some room for what the alignment misses. */
const leastScale = 0.72;

/** Whether a placement is that of a copy cut by a fifth, or of an original seen from its copy. */
export function plausible({ left, across, top, down }: Placement): boolean {
  return within(Math.min(left, left + across), Math.abs(across)) && within(top, down);
}

function within(from: number, scale: number): boolean {
  if (!(scale >= leastScale && scale <= 1 / leastScale)) return false;
  return Math.min(1, from + scale) - Math.max(0, from) >= leastScale * Math.min(1, scale);
}
