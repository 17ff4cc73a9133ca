import { imageWords, type Placed } from "@fledge/augment";
import type { ImageSize, PixelOperation, ViewPlan } from "@fledge/data";

/** One operation of an image: where it reads and writes. */
export interface PlacedOperation {
  readonly operation: PixelOperation;
  readonly placed: Placed;
}

/** Where the work on one image lies in a workspace, in words. */
export interface PlacedPlan {
  /** Of the image as it was decoded. */
  readonly source: number;
  readonly before: readonly PlacedOperation[];
  readonly crop: Placed;
  readonly after: readonly PlacedOperation[];
  /** Of what comes out. */
  readonly result: number;
}

/** Operations that go back and forth between two places, of an image of one size. */
function backAndForth(
  operations: readonly PixelOperation[],
  { width, height }: ImageSize,
  places: readonly [number, number],
): PlacedOperation[] {
  return operations.map((operation, i) => ({
    operation,
    placed: { from: places[i % 2]!, to: places[(i + 1) % 2]!, width, height },
  }));
}

/** Words that the work on an image takes beside its result. */
export function workWords({ before, crop, after }: ViewPlan, size: ImageSize): number {
  return imageWords(size) * (before.length > 0 ? 2 : 1) + (after.length > 0 ? imageWords(crop.box) : 0);
}

/** Lays out the work on an image from word `work` on, its result at word `result`. */
export function placePlan(
  { before, crop, after }: ViewPlan,
  size: ImageSize,
  work: number,
  result: number,
): PlacedPlan {
  const whole = imageWords(size);
  const other = work + whole * (before.length > 0 ? 2 : 1);
  // Each operation changes the place, so that the crop goes to where the last of those after it ends at the result.
  const cropTo = after.length % 2 === 0 ? result : other;
  return {
    source: work,
    before: backAndForth(before, size, [work, work + whole]),
    crop: { from: before.length % 2 === 0 ? work : work + whole, to: cropTo, ...sides(size) },
    after: backAndForth(after, crop.box, after.length % 2 === 0 ? [result, other] : [other, result]),
    result,
  };
}

const sides = ({ width, height }: ImageSize): ImageSize => ({ width, height });
