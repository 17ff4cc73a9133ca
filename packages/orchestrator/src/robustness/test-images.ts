import { random } from "@fledge/random";
import { subset, type Dataset } from "@fledge/data";

/** Some images of a data set, and each one's place among all of them. */
export interface TakenImages {
  readonly dataset: Dataset;
  readonly indices: readonly number[];
}

/**
 * At most `limit` images, drawn by the seed, in their order; all where the limit is null or no less. Those of a smaller
 * limit are among those of a larger one.
 */
export function takeImages(dataset: Dataset, limit: number | null, seed: number): TakenImages {
  const count = dataset.samples.length;
  const all = limit === null || limit >= count;
  const indices = all
    ? Array.from({ length: count }, (_, index) => index)
    : [...random(seed, "robustness images").permutation(count).subarray(0, limit)].sort((a, b) => a - b);
  return { dataset: all ? dataset : subset(dataset, indices), indices };
}
