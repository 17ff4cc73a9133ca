import { StateDictError } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { TorchWeightsError } from "@fledge/torch-weights";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { describeWeights } from "./initial-weights.ts";
import { loadWeights, newModel } from "./models.ts";
import { WeightsError } from "./weights-error.ts";

/** What a file of weights is refused with. */
const refusals = [StateDictError, SafetensorsError, TorchWeightsError, WeightsError];

/**
 * Tries the configured initial weights before a run begins.
 * @returns which weights they are, for the user; null where the run starts from random ones
 * @throws UsageError where the file is damaged or does not fit the network
 */
export async function checkWeights(gpu: Gpu, config: Config, classes: number): Promise<string | null> {
  const { depth, width, weights } = config.network;
  if (weights === null) return null;
  const model = newModel(gpu, config, classes);
  try {
    const notes: string[] = [];
    await loadWeights(weights, model, { keepHead: true, onNote: (note) => notes.push(note) });
    return [`${weights}: ${await describeWeights(weights)}`, ...notes].join("; ");
  } catch (error) {
    if (!(error instanceof Error && refusals.some((refusal) => error instanceof refusal))) throw error;
    // The reader's own message says how to mend a file of weights that is damaged, or that is something else.
    const mend = `Give a ResNet-${depth} of width ${width} under torchvision's names, as safetensors or PyTorch's .pth, with --weights`;
    throw new UsageError(
      `network.weights: ${error.message}\n${mend}, or train from random weights with --set network.weights=null`,
      { cause: error },
    );
  } finally {
    await model.release();
  }
}
