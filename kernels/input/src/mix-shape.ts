import type { StoredShape } from "@fledge/runtime";

/** Two batches of normalised images to mix. */
export interface MixImagesShape extends StoredShape {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
}

/** Two labels for each of N images, of C classes. */
export interface MixTargetsShape {
  readonly N: number;
  readonly C: number;
}

/** Values that a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** @throws RangeError naming the argument and the mend */
export function checkMix({ storage: _storage, ...sizes }: (MixImagesShape | MixTargetsShape) & StoredShape): void {
  let count = 1;
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`mix: ${name} is ${value}; give a whole number, 1 or above`);
    count *= value;
  }
  if (count > maxCount) throw new RangeError(`mix: ${count} values pass 4 GiB; lower N`);
}

/** Values of a batch of images. */
export const mixCount = ({ N, H, W, C }: MixImagesShape): number => N * H * W * C;
