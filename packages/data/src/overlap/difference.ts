import type { Frame } from "./local-deviations.ts";
import type { Placement } from "./placement.ts";
import { side } from "./side.ts";
import { toneOf, type Tone } from "./tone.ts";
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

/** What two pictures may differ by under a tone before they count as changed, in grey levels. */
export const toleranceOf = ({ contrast }: Tone): number => changedContrast * contrast + changedLevels;

/** The first picture's tone in the second. */
export function toneAt(picture: Int8Array, other: Int8Array, at: Placement): Tone {
  const { values, frame } = warped(picture, at, 1);
  for (let i = 0; i < own.length; i++) own[i] = other[i]!;
  return toneOf(values, own, frame, 1);
}

/** What `differenceOf` gives; see `warped`. */
const own = new Float32Array(side * side);
const changes = new Uint8Array(side * side);

/**
 * Lays the first picture over the second; with a stride above 1 only every so manieth pixel and row is looked at. The
 * result holds until the next call.
 */
export function differenceOf(picture: Int8Array, other: Int8Array, at: Placement, stride = 1): Difference {
  const { values: first, frame } = warped(picture, at, stride);
  const second = own;
  for (let i = 0; i < second.length; i++) second[i] = other[i]!;
  const tone = toneOf(first, second, frame, stride);
  const { gain, offset } = tone;
  const { left, top, right, bottom } = frame;
  const tolerated = toleranceOf(tone);
  const inMiddle = (place: number, from: number, to: number): boolean => {
    const share = (place + 0.5 - from) / (to - from);
    return share >= middle[0] && share <= middle[1];
  };
  const changed = changes.fill(0);
  let all = 0;
  let differing = 0;
  let differingInMiddle = 0;
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
