import { StateDictError } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { TorchWeightsError } from "@fledge/torch-weights";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { describeWeights } from "./initial-weights.ts";
import { initialWeights, sizeOf } from "./networks.ts";
import { loadWeights, newModel } from "./models.ts";
import { WeightsError } from "./weights-error.ts";

/** What a file of weights is refused with. */
const refusals = [StateDictError, SafetensorsError, TorchWeightsError, WeightsError];

/**
 * Tries the configured initial weights before a run begins, those of each generation.
 * @returns which weights they are, for the user; empty where the run starts from random ones
 * @throws UsageError where a file is damaged or does not fit its network
 */
export async function checkWeights(gpu: Gpu, config: Config, classes: number): Promise<string[]> {
  const found: string[] = [];
  for (const one of initialWeights(config)) found.push(await checkOne(gpu, config, classes, one));
  return found;
}

async function checkOne(
  gpu: Gpu,
  config: Config,
  classes: number,
  { choice, key, file }: ReturnType<typeof initialWeights>[number],
): Promise<string> {
  const model = newModel(gpu, config, classes, {}, false, choice);
  try {
    const notes: string[] = [];
    await loadWeights(file, model, { keepHead: true, onNote: (note) => notes.push(note) });
    return [`${file}: ${await describeWeights(file)}`, ...notes].join("; ");
  } catch (error) {
    if (!(error instanceof Error && refusals.some((refusal) => error instanceof refusal))) throw error;
    const [flag, none] =
      choice.generation === null
        ? ["--weights", "--set network.weights=null"]
        : ["--set generations.networks=", "weights of null there"];
    // The reader's own message says how to mend a file of weights that is damaged, or that is something else.
    const mend = `Give a ${sizeOf(choice)} under torchvision's names, as safetensors or PyTorch's .pth, with ${flag}`;
    throw new UsageError(`${key}: ${error.message}\n${mend}, or train from random weights with ${none}`, {
      cause: error,
    });
  } finally {
    await model.release();
  }
}
