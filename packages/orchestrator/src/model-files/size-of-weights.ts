import type { StoredTensor } from "@fledge/safetensors";
import type { NetworkChoice } from "../stages/networks.ts";
import { WeightsError } from "../stages/weights-error.ts";

type Depth = NetworkChoice["depth"];

/** Blocks of each stage by depth, and whether they are bottlenecks (He et al. 2016, table 1). */
const depths: readonly { readonly depth: Depth; readonly blocks: string; readonly bottleneck: boolean }[] = [
  { depth: 18, blocks: "2,2,2,2", bottleneck: false },
  { depth: 34, blocks: "3,4,6,3", bottleneck: false },
  { depth: 50, blocks: "3,4,6,3", bottleneck: true },
  { depth: 101, blocks: "3,4,23,3", bottleneck: true },
  { depth: 152, blocks: "3,8,36,3", bottleneck: true },
];

export interface WeightsSize {
  readonly depth: Depth;
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
  const bottleneck = tensors.has("layer1.0.conv3.weight");
  const found = depths.find((one) => one.bottleneck === bottleneck && one.blocks === blocks.join());
  const width = tensors.get("conv1.weight")?.shape[0];
  const classes = tensors.get("fc.bias")?.shape[0];
  if (found && width !== undefined && classes !== undefined) return { depth: found.depth, width, classes };
  throw new WeightsError(
    `${file}: it holds no ResNet under torchvision's names (${blocks.join(", ")} blocks in layer1 to layer4): ` +
      "give a run, one of its checkpoints, or the weights of a ResNet-18, 34, 50, 101 or 152",
  );
}
