import type { Frame } from "./local-deviations.ts";
import type { Placement } from "./placement.ts";
import { side } from "./side.ts";
import { toneOf } from "./tone.ts";
import { warped } from "./warp.ts";

/** Values that differ by more than this share of the contrast, and these grey levels, are changed. */
const changedContrast = 0.5;
const changedLevels = 6;

/** The middle of a picture, as a part of both sides: captions and logos stand outside it. */
const middle = [0.2, 0.8] as const;

/** Where two aligned pictures differ, as under an overlay. */
export interface Difference {
  /** [side, side] grey values of the first, in its place and in the second's tone. */
  readonly first: Float32Array;
  /** [side, side] */
  readonly second: Float32Array;
  /** What both show. */
  readonly frame: Frame;
  /** [side, side]: 1 where they differ. */
  readonly changed: Uint8Array;
  /** How much of the frame is changed. */
  readonly share: number;
  /** How much of the frame is changed and in its middle. */
  readonly middleShare: number;
  /** Of the second picture's values by the first's. */
  readonly gain: number;
}

/** Lays the first picture over the second; with a stride above 1 only every so manieth pixel and row is looked at. */
export function differenceOf(picture: Int8Array, other: Int8Array, at: Placement, stride = 1): Difference {
  const { values: first, frame } = warped(picture, at, stride);
  const second = Float32Array.from(other.subarray(0, side * side));
  const { gain, offset, contrast } = toneOf(first, second, frame, stride);
  const { left, top, right, bottom } = frame;
  const tolerated = changedContrast * contrast + changedLevels;
  const inMiddle = (place: number, from: number, to: number): boolean => {
    const share = (place + 0.5 - from) / (to - from);
    return share >= middle[0] && share <= middle[1];
  };
  const changed = new Uint8Array(side * side);
  let [all, differing, differingInMiddle] = [0, 0, 0];
  for (let y = top; y < bottom; y += stride) {
    const rowInMiddle = inMiddle(y, top, bottom);
    for (let x = left; x < right; x += stride) {
      const i = y * side + x;
      all++;
      first[i] = gain * first[i]! + offset;
      if (Math.abs(first[i] - second[i]!) <= tolerated) continue;
      changed[i] = 1;
      differing++;
      if (rowInMiddle && inMiddle(x, left, right)) differingInMiddle++;
    }
  }
  return { first, second, frame, changed, share: differing / all, middleShare: differingInMiddle / all, gain };
}
