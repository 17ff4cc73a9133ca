import { loadStateDict, resnetByDepth, type Network } from "@fledge/resnet";
import type { Choices, Gpu } from "@fledge/runtime";
import { Model } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { readWeights } from "./initial-weights.ts";
import type { NetworkChoice } from "./networks.ts";

type Size = Pick<NetworkChoice, "depth" | "width">;

/**
 * A network with fresh weights once it is placed.
 * @param noised whether it trains with the network's noise
 * @param size that of a model, or as `network` says
 */
export function networkOf(
  config: Config,
  classes: number,
  noised = false,
  { depth, width }: Size = config.network,
): Network {
  const { zeroInitResidual, dropout, stochasticDepth } = config.network;
  const noise = noised ? { dropout, stochasticDepth } : {};
  return resnetByDepth[depth]({ classes, width, zeroInitResidual, seed: config.seed, ...noise });
}

/** A network without noise, for weights of its size. */
export const networkOfSize = ({ depth, width, classes }: Size & { readonly classes: number }): Network =>
  resnetByDepth[depth]({ classes, width });

/** A network with fresh weights on the device, see `networkOf`. */
export const newModel = (
  gpu: Gpu,
  config: Config,
  classes: number,
  choices: Choices = {},
  noised = false,
  size: Size = config.network,
): Model => new Model(gpu, networkOf(config, classes, noised, size), config.data.imageSize, choices);

/** Puts weights into the network from a file of either format, see `readWeights`. @throws where they do not fit the model */
export async function loadWeights(
  file: string,
  { gpu, network }: Model,
  { onNote, ...options }: { readonly keepHead?: boolean; readonly onNote?: (note: string) => void } = {},
): Promise<void> {
  loadStateDict(gpu, network, await readWeights(file, onNote), file, options);
}
