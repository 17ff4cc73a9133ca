import { StateDictError } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { loadWeights } from "./checkpoint.ts";
import { Model } from "./model.ts";

/**
 * Tries the configured initial weights before a run begins.
 * @throws UsageError where they do not fit the network, SafetensorsError where the file is damaged
 */
export async function checkWeights(gpu: Gpu, config: Config, classes: number): Promise<void> {
  const { depth, width, weights } = config.network;
  if (weights === null) return;
  const model = Model.create(gpu, config, classes);
  try {
    await loadWeights(weights, model, { keepHead: true });
  } catch (error) {
    if (!(error instanceof StateDictError)) throw error;
    throw new UsageError(`${error.message}\nGive weights of a ResNet-${depth} of width ${width} with --weights, or another network with --set network.depth= and network.width=`, { cause: error });
  } finally {
    await model.release();
  }
}
