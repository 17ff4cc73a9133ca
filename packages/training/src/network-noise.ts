import { batchOf, uint32 } from "@fledge/autograd";
import { random } from "@fledge/random";
import type { Network, NetworkPass } from "@fledge/resnet";
import type { Given, InputSpecs } from "./images.ts";

/** The input of the keys that a network's noise on the images `name` is drawn from. */
const noiseInput = (name = "images"): string => `${name}NoiseKeys`;

/**
 * What a network's noise on `batchSize` images takes: a key for each; nothing where the network has no noise.
 * @param batch names theirs where a program takes several
 */
export const noiseInputs = (network: Network, batchSize: number, name?: string, batch?: string): InputSpecs =>
  network.noised ? { [noiseInput(name)]: batchOf(batchSize, uint32(), batch) } : {};

/** A pass in train mode with the noise of the images `name`. */
export const trainPass = (given: Given, name?: string): NetworkPass => ({
  mode: "train",
  noiseKeys: given[noiseInput(name)],
});

/**
 * The keys of images of a data set in an epoch, by the name of their input: functions of the seed, the epoch and the
 * image's place in the data set, so that batches, parts, workers and resuming change no bit. @param name tells images
 * that a step takes from another data set, whose places are others
 */
export const noiseKeys = (
  seed: number,
  epoch: number,
  indices: Int32Array,
  name?: string,
): Record<string, Uint32Array> => ({
  [noiseInput(name)]: Uint32Array.from(indices, (index) =>
    random(seed, `keys of ${noiseInput(name)}`, epoch, index).uint32(),
  ),
});
