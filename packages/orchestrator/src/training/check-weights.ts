import { StateDictError } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { loadWeights } from "./checkpoint.ts";
import { Model } from "./model.ts";

/**
 * Tries the configured initial weights before a run begins.
 * @throws UsageError where the file is damaged or does not fit the network
 */
export async function checkWeights(gpu: Gpu, config: Config, classes: number): Promise<void> {
  const { depth, width, weights } = config.network;
  if (weights === null) return;
  const model = Model.create(gpu, config, classes);
  try {
    await loadWeights(weights, model, { keepHead: true });
  } catch (error) {
    if (!(error instanceof StateDictError || error instanceof SafetensorsError)) throw error;
    const mend = `Give a ResNet-${depth} of width ${width} as safetensors under torchvision's names with --weights`;
    throw new UsageError(`network.weights: ${error.message}\n${mend}, or train from random weights with --set network.weights=null`, { cause: error });
  } finally {
    await model.release();
  }
}
