import type { Random } from "@fledge/random";

/**
 * The random streams of one image: the same purpose and counter give the same stream anew, others an independent one.
 * A caller keys them by its seed and the image, as `(purpose, counter) => random(seed, purpose, epoch, image, counter)`.
 */
export type Streams = (purpose: string, counter: number) => Random;
