import { blocksByDepth } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import type { NetworkChoice } from "../stages/networks.ts";
import { WeightsError } from "../stages/weights-error.ts";

export interface WeightsSize {
  readonly depth: NetworkChoice["depth"];
  readonly width: number;
  readonly classes: number;
}

/**
 * Which network a file's tensors are of, by torchvision's names.
 * @throws WeightsError where they are no ResNet's
 */
export function sizeOfWeights(tensors: ReadonlyMap<string, StoredTensor>, file: string): WeightsSize {
  const blocks = [1, 2, 3, 4].map((stage) => {
    const places = [...tensors.keys()].flatMap(
      (name) => new RegExp(`^layer${stage}\\.(\\d+)\\.`).exec(name)?.[1] ?? [],
    );
    return new Set(places).size;
  });
  const block = tensors.has("layer1.0.conv3.weight") ? "bottleneck" : "basic";
  const depths = Object.keys(blocksByDepth).map((depth) => Number(depth) as NetworkChoice["depth"]);
  const depth = depths.find((one) => {
    const known = blocksByDepth[one];
    return known.block === block && known.blocks.join() === blocks.join();
  });
  const width = tensors.get("conv1.weight")?.shape[0];
  const classes = tensors.get("fc.bias")?.shape[0];
  if (depth !== undefined && width !== undefined && classes !== undefined) return { depth, width, classes };
  throw new WeightsError(
    `${file}: it holds no ResNet under torchvision's names (${blocks.join(", ")} blocks in layer1 to layer4): ` +
      "give a run, one of its checkpoints, or the weights of a ResNet-18, 34, 50, 101 or 152",
  );
}
