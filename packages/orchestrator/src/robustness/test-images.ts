import { random } from "@fledge/random";
import { subset, type Dataset } from "@fledge/data";

/** Some images of a data set, and each one's place in it. */
export interface TakenImages {
  readonly dataset: Dataset;
  readonly indices: readonly number[];
}

/**
 * At most `limit` images in an order drawn by the seed, all where the limit is null. Those of a smaller limit are the
 * first of a larger one, so that each image's random numbers, which its place keys, stay the same.
 */
export function takeImages(dataset: Dataset, limit: number | null, seed: number): TakenImages {
  const order = random(seed, "robustness images").permutation(dataset.samples.length);
  return firstOf({ dataset: subset(dataset, order), indices: [...order] }, limit);
}

/** The first `limit` of some images; all where it is null. */
export function firstOf({ dataset, indices }: TakenImages, limit: number | null): TakenImages {
  if (limit === null || limit >= indices.length) return { dataset, indices };
  const samples = dataset.samples.slice(0, limit);
  return { dataset: { ...dataset, samples }, indices: indices.slice(0, limit) };
}

/** The data set that images were taken of, in its own order; they must be all of it. */
export function inOwnOrder({ dataset, indices }: TakenImages): Dataset {
  const places = [...indices.keys()].sort((a, b) => indices[a]! - indices[b]!);
  return subset(dataset, places);
}
