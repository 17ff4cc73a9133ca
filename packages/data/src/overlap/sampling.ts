import { side } from "./side.ts";
import type { Placement } from "./placement.ts";

/** For each place along a side of the second picture: the pixel of the first before it, or -1 outside, and the way to the next. */
export interface Steps {
  readonly before: Int32Array;
  readonly share: Float64Array;
}

const newSteps = (): Steps => ({ before: new Int32Array(side), share: new Float64Array(side) });

/** Of the latest `sample`: shared by all, since a thread compares one pair at a time. */
export const columns: Steps = newSteps();
export const rows: Steps = newSteps();

/** Where the pixels of a level of the second picture lie in the first; fills `columns` and `rows`, and gives how many lie inside. */
export function sample({ left, across, top, down }: Placement, levelSide: number): number {
  return along(columns, left, across, levelSide) * along(rows, top, down, levelSide);
}

function along({ before, share }: Steps, offset: number, scale: number, levelSide: number): number {
  let inside = 0;
  for (let i = 0; i < levelSide; i++) {
    const at = offset + (scale * (i + 0.5)) / levelSide;
    if (at < 0 || at > 1) {
      before[i] = -1;
      continue;
    }
    inside++;
    // The outermost half pixels have no neighbour beyond: they repeat the edge.
    const pixel = Math.min(levelSide - 1, Math.max(0, at * levelSide - 0.5));
    const whole = Math.min(levelSide - 2, Math.floor(pixel));
    before[i] = whole;
    share[i] = pixel - whole;
  }
  return inside;
}
