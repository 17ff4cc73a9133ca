import { refineFinest } from "./align-finest.ts";
import { correlationAt, refine } from "./align.ts";
import { agreementOf } from "./compare.ts";
import { differenceOf, toneAt, type Difference } from "./difference.ts";
import { placementOf, type Guess, type Placement } from "./placement.ts";

/** What two pictures that repeat each other have in common. */
export interface Match {
  /** At most 1, for equal pictures; the lower, the more doubtful. */
  readonly score: number;
  readonly mirrored: boolean;
  /** Share of what both show in which they differ all the same. */
  readonly changed: number;
}

/**
 * What a pair must reach, at each step on the way: correlation where the hashes guess it to lie, after the first steps of
 * aligning it at 16 pixels, aligned at these, and at 32. Copies that are cut, written over, scaled and encoded anew at once
 * reach 0.6, 0.6, 0.72 and 0.74 in 49 of 50 cases, the others more.
 */
const leastCorrelation = { guessed: 0.5, begun: 0.57, coarse: 0.65, middle: 0.68 } as const;

const steps = { begun: 2, coarse: 4, middle: 4, fine: 4 } as const;

/** Least score of a repeat. */
const leastScore = 0.89;

/** Most of the picture that an overlay may cover. */
const mostChanged = 0.12;

/**
 * What lowers the score, per share of the picture that is changed, the same again for what is changed in the middle, and
 * per logarithm of what one picture is stretched by beyond the first 3 %. Captions and logos stand at the rim; a bird that
 * has moved changes the middle. Copies keep their shape, and chance alignments of two birds seldom do.
 */
const cost = { changed: 0.5, changedMiddle: 2, stretch: 1 } as const;
const freeStretch = 0.03;

/** Contrast is not raised or lowered by more in a copy. */
const leastGain = 0.4;

/** Most that may be changed before the finest alignment, which is not needed to tell most others apart. */
const mostChangedRoughly = 0.25;
const roughStride = 2;

/** Aligns two pictures from a guess on; undefined where they turn out not to be one. */
function aligned(first: Int8Array, second: Int8Array, guess: Guess): Placement | undefined {
  const start = placementOf(guess);
  if (correlationAt(first, second, 2, start) < leastCorrelation.guessed) return undefined;
  const begun = refine(first, second, 2, start, steps.begun);
  if (begun.correlation < leastCorrelation.begun) return undefined;
  const coarse = refine(first, second, 2, begun.placement, steps.coarse);
  if (coarse.correlation < leastCorrelation.coarse) return undefined;
  const middle = refine(first, second, 1, coarse.placement, steps.middle);
  if (middle.correlation < leastCorrelation.middle) return undefined;
  if (differenceOf(first, second, middle.placement, roughStride).share > mostChangedRoughly) return undefined;
  const tone = toneAt(first, second, middle.placement);
  return refineFinest(first, second, middle.placement, tone, steps.fine);
}

/** How far one picture is stretched to lie on the other, as a logarithm; `aspects` is the first's aspect by the second's. */
const stretchOf = ({ across, down }: Placement, aspects: number): number =>
  Math.abs(Math.log((Math.abs(across) / down) * aspects));

/**
 * Whether two pictures repeat each other, as `guess` has it; pictures as `pictureOf` gives them, `aspects` the first's
 * width by height over the second's.
 */
export function matchOf(first: Int8Array, second: Int8Array, guess: Guess, aspects: number): Match | undefined {
  const placement = aligned(first, second, guess);
  if (!placement) return undefined;
  const difference = differenceOf(first, second, placement);
  const { share: changed, gain } = difference;
  if (changed > mostChanged || !(gain >= leastGain && gain <= 1 / leastGain)) return undefined;
  const score = scoreOf(difference, Math.max(0, stretchOf(placement, aspects) - freeStretch));
  return score >= leastScore ? { score, mirrored: guess.mirrored, changed } : undefined;
}

function scoreOf(difference: Difference, stretch: number): number {
  const { look, detail } = agreementOf(difference);
  const { share, middleShare } = difference;
  return (look + detail) / 2 - cost.changed * share - cost.changedMiddle * middleShare - cost.stretch * stretch;
}
