import { JOB_WORDS } from "./job.ts";

/** A batch of images of any sizes in one buffer, and what is done to each. */
export interface BatchShape {
  /** Jobs, one for each image at most. */
  readonly N: number;
  /** Of the buffer that holds the images, a multiple of 4. */
  readonly bytes: number;
}

/** A batch whose jobs refer to a list of numbers that they share. */
export interface ListShape extends BatchShape {
  /** Numbers in the list. */
  readonly list: number;
}

/** A batch that is cropped and resized to images of one size. */
export interface CropResizeShape extends ListShape {
  /** Height of what comes out, in pixels. */
  readonly OH: number;
  readonly OW: number;
  /** The most rows of an image that one crop reads. */
  readonly rows: number;
}

/** More pixels would let sums of bytes pass 32 bits. */
export const MAX_PIXELS = 2 ** 24;

/** @throws RangeError naming the argument and the mend */
export function checkBatch(shape: BatchShape): void {
  for (const [name, value] of Object.entries(shape)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`augment: ${name} is ${value}; give a whole number, 1 or above`);
  }
  if (shape.N > 65535) throw new RangeError(`augment: N is ${shape.N}; give at most 65535 jobs at once`);
  if (shape.bytes % 4 !== 0 || shape.bytes > 2 ** 32)
    throw new RangeError(`augment: bytes is ${shape.bytes}; give a multiple of 4, at most 4 GiB`);
}

/** How many bytes an image's work may touch, which stands for the pixels: how large each image is, only its job says. */
export const batchFlops = ({ bytes }: BatchShape): number => bytes;

export const jobsShape = ({ N }: BatchShape): readonly number[] => [N, JOB_WORDS];
