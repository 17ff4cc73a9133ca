/** Words of an image's job. */
export const JOB_WORDS = 12;

/** Where an image lies and where the result goes; first 32-bit words of both in the batch's buffer, sides in pixels. */
export interface Placed {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
}

/** `u32[JOB_WORDS]`: kind, from, to, width, height, then what the kernel wants; negative numbers in two's complement. */
export function jobOf(kind: number, { from, to, width, height }: Placed, extra: readonly number[] = []): Uint32Array {
  const job = new Uint32Array(JOB_WORDS);
  job.set([kind, from, to, width, height, ...extra]);
  return job;
}

/** Words that an image takes: three for every four pixels. */
export const imageWords = ({ width, height }: Pick<Placed, "width" | "height">): number =>
  Math.ceil((width * height) / 4) * 3;

/** R, G, B as the lowest three bytes of a word. */
export const colourWord = ([red, green, blue]: readonly [number, number, number]): number =>
  red | (green << 8) | (blue << 16);
