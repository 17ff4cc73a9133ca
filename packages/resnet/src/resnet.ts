import {
  dropout,
  globalAveragePool,
  keepMask,
  maxPool2d,
  relu,
  type Mode,
  type Tensor,
  type Variable,
} from "@fledge/autograd";
import { basic, bottleneck, type BlockKind, type Layer, type Pass } from "./blocks.ts";
import { convolution, fullyConnected, normalisation, Scope } from "./layers.ts";
import { dropPathRates, type StochasticDepth } from "./stochastic-depth.ts";

/** Noise that a network is trained with, none where absent. */
export interface NetworkNoise {
  /** Dropout before the classifier (Srivastava et al. 2014): the share of features that is dropped, 0 for none. */
  readonly dropout?: number;
  /** Residual branches left out by chance, in blocks whose skip is the identity; rates are counted through all blocks. */
  readonly stochasticDepth?: StochasticDepth;
}

export interface ResNetOptions extends NetworkNoise {
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
export interface ResNetArchitecture extends NetworkNoise {
  readonly block: "basic" | "bottleneck";
  readonly stemChannels: number;
  readonly blocks: readonly number[];
  readonly planes: readonly number[];
  readonly classes: number;
  readonly seed?: number;
  readonly zeroInitResidual?: boolean;
}

export interface NetworkPass {
  readonly mode: Mode;
  /**
   * u32 [N], a key for each image, from which its noise is drawn: the same key gives the same noise in any batch. null:
   * without noise, as a teacher in train mode. Asked for in train mode where the network is `noised`; else of no effect.
   */
  readonly noiseKeys?: Tensor | null | undefined;
}

/** Images [N,H,W,3], normalised -> logits [N,classes]. Its variables bear torchvision's state_dict names. */
export interface Network {
  (images: Tensor, pass: NetworkPass): Tensor;
  readonly architecture: ResNetArchitecture;
  /** Whether it has dropout or stochastic depth. */
  readonly noised: boolean;
  /** What is trained, in the order of torchvision's `parameters()`. */
  readonly parameters: readonly Variable[];
  /** Parameters, then running statistics: all that a checkpoint holds. */
  readonly variables: readonly Variable[];
}

const kinds: Readonly<Record<ResNetArchitecture["block"], BlockKind>> = { basic, bottleneck };

function checkNoise({ dropout: rate = 0, stochasticDepth }: NetworkNoise): void {
  for (const [name, share] of Object.entries({ dropout: rate, "stochasticDepth.rate": stochasticDepth?.rate ?? 0 })) {
    if (!(share >= 0 && share < 1))
      throw new Error(
        `resnet: ${name} is ${share}; give a share from 0 to below 1: dropping all leaves nothing to learn`,
      );
  }
}

function check({ blocks, planes, stemChannels, classes, ...rest }: ResNetArchitecture): void {
  checkNoise(rest);
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
 * @throws where a size is no whole number from 1, blocks and planes differ in length, or a share of noise is none
 */
export function resnet(architecture: ResNetArchitecture): Network {
  check(architecture);
  const kind = kinds[architecture.block];
  const scope = new Scope(architecture.seed ?? 0, architecture.zeroInitResidual ? 0 : 1);
  const stem = convolution(scope.inside("conv1"), 3, architecture.stemChannels, 7, 2);
  const stemNorm = normalisation(scope.inside("bn1"), architecture.stemChannels);
  const { dropout: rate = 0, stochasticDepth = { rate: 0, rule: "one_based" } } = architecture;
  const noised = rate > 0 || stochasticDepth.rate > 0;
  const dropRates = dropPathRates(stochasticDepth.rule, architecture.blocks, stochasticDepth.rate);
  const layers: Layer[] = [];
  let channels = architecture.stemChannels;
  architecture.planes.forEach((planes, stage) => {
    for (let index = 0; index < architecture.blocks[stage]!; index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      // The classifier's dropout draws as layer 0, the blocks from 1 on.
      const dropped = { rate: dropRates[layers.length]!, layer: layers.length + 1 };
      layers.push(kind.build(scope.inside(`layer${stage + 1}.${index}`), channels, planes, stride, dropped));
      channels = planes * kind.expansion;
    }
  });
  const head = fullyConnected(scope.inside("fc"), channels, architecture.classes);

  const passOf = ({ mode, noiseKeys }: NetworkPass): Pass => {
    if (noised && mode === "train" && noiseKeys === undefined) {
      throw new Error(
        "resnet: this network has dropout or stochastic depth: in train mode give noiseKeys, u32 [N], or null to leave its noise out",
      );
    }
    return { mode, noiseKeys: mode === "train" ? (noiseKeys ?? null) : null };
  };
  const forward = (images: Tensor, given: NetworkPass): Tensor => {
    const pass = passOf(given);
    const { mode, noiseKeys } = pass;
    const stemmed = maxPool2d(relu(stemNorm(stem(images), mode)), { kernel: 3, stride: 2, padding: 1 });
    const features = layers.reduce((x, layer) => layer(x, pass), stemmed);
    const pooled = globalAveragePool(features);
    if (rate === 0 || !noiseKeys) return head(pooled);
    return head(dropout(pooled, keepMask(noiseKeys, { rate, layer: 0, elements: channels }), { rate, mode }));
  };
  const parameters = scope.variables.filter(({ role }) => role === "parameter");
  const statistics = scope.variables.filter(({ role }) => role === "statistic");
  return Object.assign(forward, { architecture, noised, parameters, variables: [...parameters, ...statistics] });
}

/** The kind of block and how many each stage has, by depth (He et al. 2016, table 1). */
export const blocksByDepth = {
  18: { block: "basic", blocks: [2, 2, 2, 2] },
  34: { block: "basic", blocks: [3, 4, 6, 3] },
  50: { block: "bottleneck", blocks: [3, 4, 6, 3] },
  101: { block: "bottleneck", blocks: [3, 4, 23, 3] },
  152: { block: "bottleneck", blocks: [3, 8, 36, 3] },
} as const satisfies Readonly<Record<number, Pick<ResNetArchitecture, "block" | "blocks">>>;

const model =
  (depth: keyof typeof blocksByDepth) =>
  ({ width = 64, seed = 0, zeroInitResidual = false, ...rest }: ResNetOptions): Network => {
    const planes = [1, 2, 4, 8].map((factor) => factor * width);
    return resnet({ ...blocksByDepth[depth], stemChannels: width, planes, seed, zeroInitResidual, ...rest });
  };

export const resnet18 = model(18);
export const resnet34 = model(34);
export const resnet50 = model(50);
export const resnet101 = model(101);
export const resnet152 = model(152);

/** The builders by depth. */
export const resnetByDepth = { 18: resnet18, 34: resnet34, 50: resnet50, 101: resnet101, 152: resnet152 };
