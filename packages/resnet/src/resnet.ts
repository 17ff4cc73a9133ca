import { globalAveragePool, maxPool2d, relu, type Mode, type Tensor, type Variable } from "@fledge/autograd";
import { basic, bottleneck, type BlockKind, type Layer } from "./blocks.ts";
import { convolution, fullyConnected, normalisation, Scope } from "./layers.ts";

export interface ResNetOptions {
  readonly classes: number;
  /** Channels of the stem and of the first stage's inner layers; later stages double it. 64 is the real width. */
  readonly width?: number;
  /** Seed of the initial weights. */
  readonly seed?: number;
  /**
   * torchvision's option of that name: the last BatchNorm of each residual branch starts at weight 0, so that a block
   * starts as the identity. Training from random weights begins sooner (Goyal et al. 2017, section 5.1).
   */
  readonly zeroInitResidual?: boolean;
}

/** A residual network in full: stem channels, blocks and inner channels by stage. */
export interface ResNetArchitecture {
  readonly block: "basic" | "bottleneck";
  readonly stemChannels: number;
  readonly blocks: readonly number[];
  readonly planes: readonly number[];
  readonly classes: number;
  readonly seed?: number;
  readonly zeroInitResidual?: boolean;
}

/** Images [N,H,W,3], normalised -> logits [N,classes]. Its variables bear torchvision's state_dict names. */
export interface Network {
  (images: Tensor, options: { readonly mode: Mode }): Tensor;
  readonly architecture: ResNetArchitecture;
  /** What is trained, in the order of torchvision's `parameters()`. */
  readonly parameters: readonly Variable[];
  /** Parameters, then running statistics: all that a checkpoint holds. */
  readonly variables: readonly Variable[];
}

const kinds: Readonly<Record<ResNetArchitecture["block"], BlockKind>> = { basic, bottleneck };

function check({ blocks, planes, stemChannels, classes }: ResNetArchitecture): void {
  if (blocks.length === 0) throw new Error("resnet: blocks is empty: a network has no stages");
  if (blocks.length !== planes.length)
    throw new Error(`resnet: blocks has ${blocks.length} stages, planes ${planes.length}`);
  const sizes: Record<string, readonly number[]> = {
    classes: [classes],
    "stemChannels (width)": [stemChannels],
    blocks,
    planes,
  };
  for (const [name, values] of Object.entries(sizes)) {
    const wrong = values.find((value) => !Number.isSafeInteger(value) || value < 1);
    if (wrong !== undefined) throw new Error(`resnet: ${name} holds ${wrong}; give whole numbers from 1`);
  }
}

/**
 * Builds a network of any depth and width after torchvision.models.resnet.
 * @throws where a size is no whole number from 1, or blocks and planes differ in length
 */
export function resnet(architecture: ResNetArchitecture): Network {
  check(architecture);
  const kind = kinds[architecture.block];
  const scope = new Scope(architecture.seed ?? 0, architecture.zeroInitResidual ? 0 : 1);
  const stem = convolution(scope.inside("conv1"), 3, architecture.stemChannels, 7, 2);
  const stemNorm = normalisation(scope.inside("bn1"), architecture.stemChannels);
  const layers: Layer[] = [];
  let channels = architecture.stemChannels;
  architecture.planes.forEach((planes, stage) => {
    for (let index = 0; index < architecture.blocks[stage]!; index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      layers.push(kind.build(scope.inside(`layer${stage + 1}.${index}`), channels, planes, stride));
      channels = planes * kind.expansion;
    }
  });
  const head = fullyConnected(scope.inside("fc"), channels, architecture.classes);

  const forward = (images: Tensor, { mode }: { readonly mode: Mode }): Tensor => {
    const stemmed = maxPool2d(relu(stemNorm(stem(images), mode)), { kernel: 3, stride: 2, padding: 1 });
    const features = layers.reduce((x, layer) => layer(x, mode), stemmed);
    return head(globalAveragePool(features));
  };
  const parameters = scope.variables.filter(({ role }) => role === "parameter");
  const statistics = scope.variables.filter(({ role }) => role === "statistic");
  return Object.assign(forward, { architecture, parameters, variables: [...parameters, ...statistics] });
}

const model =
  (block: "basic" | "bottleneck", blocks: readonly number[]) =>
  ({ classes, width = 64, seed = 0, zeroInitResidual = false }: ResNetOptions): Network => {
    const planes = [1, 2, 4, 8].map((factor) => factor * width);
    return resnet({ block, blocks, stemChannels: width, planes, classes, seed, zeroInitResidual });
  };

export const resnet18 = model("basic", [2, 2, 2, 2]);
export const resnet34 = model("basic", [3, 4, 6, 3]);
export const resnet50 = model("bottleneck", [3, 4, 6, 3]);
export const resnet101 = model("bottleneck", [3, 4, 23, 3]);
export const resnet152 = model("bottleneck", [3, 8, 36, 3]);
