// What is measured. Tasks travel to the contenders' processes as JSON, so they are plain data.

/** As `Conv2dShape` of `@fledge/conv2d`: x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]. */
export interface ConvShape {
  readonly N: number;
  readonly IH: number;
  readonly IW: number;
  readonly IC: number;
  readonly OC: number;
  readonly KH: number;
  readonly KW: number;
  readonly stride: number;
  readonly padding: number;
}

export type Direction = "forward" | "gradInput" | "gradWeight";

/** One direction of a convolution, operands and result on the device. */
export interface ConvTask {
  readonly kind: "conv";
  readonly direction: Direction;
  readonly shape: ConvShape;
}

/** BatchNorm over [N,H,W,C] by the batch's own moments, and its gradients; on the device from end to end. */
export interface BatchNormTask {
  readonly kind: "batchnorm";
  readonly shape: { readonly N: number; readonly H: number; readonly W: number; readonly C: number };
}

/** ResNet-50 from images on the host to logits (`forward`, eval mode) or to an update and its loss (`train`). */
export interface NetworkTask {
  readonly kind: "forward" | "train";
  readonly batch: number;
  readonly side: number;
  readonly classes: number;
  readonly learningRate: number;
  readonly momentum: number;
}

export type Task = ConvTask | BatchNormTask | NetworkTask;
export type Kind = Task["kind"];

export interface Case {
  /** Unique among a run's cases. */
  readonly name: string;
  readonly task: Task;
}

const network = { batch: 8, classes: 1000, learningRate: 0.01, momentum: 0.9 } as const;
/** torch.nn.BatchNorm2d's. */
export const epsilon = 1e-5;
export const runningMomentum = 0.1;

/** N images of I x I pixels; the padding keeps the size at stride 1. */
const square = (I: number, IC: number, OC: number, K: number, stride = 1, N = 8): ConvShape => {
  return { N, IH: I, IW: I, IC, OC, KH: K, KW: K, stride, padding: (K - 1) / 2 };
};

/** The convolution that the goals speak of: layer1.1.conv2 of ResNet-50 at 224 px, batch 8. */
export const goalLayer = "layer1.1.conv2, 3x3, 8x56x56x64 -> 64";

/** Layers of ResNet-50 on eight images of 224 px, by torchvision's names. */
const layers: Readonly<Record<string, ConvShape>> = {
  [goalLayer]: square(56, 64, 64, 3),
  "conv1, 7x7/2, 8x224x224x3 -> 64": square(224, 3, 64, 7, 2),
  "layer1.1.conv1, 1x1, 8x56x56x256 -> 64": square(56, 256, 64, 1),
  "layer2.0.conv2, 3x3/2, 8x56x56x128 -> 128": square(56, 128, 128, 3, 2),
  "layer3.1.conv2, 3x3, 8x14x14x256 -> 256": square(14, 256, 256, 3),
  "layer4.0.downsample.0, 1x1/2, 8x14x14x1024 -> 2048": square(14, 1024, 2048, 1, 2),
  "layer4.1.conv3, 1x1, 8x7x7x512 -> 2048": square(7, 512, 2048, 1),
};
const quickLayers = [goalLayer, "layer4.1.conv3, 1x1, 8x7x7x512 -> 2048"];

const norms: Readonly<Record<string, BatchNormTask["shape"]>> = {
  "layer1.1.bn2, 8x56x56x64": { N: 8, H: 56, W: 56, C: 64 },
  "layer1.1.bn3, 8x56x56x256": { N: 8, H: 56, W: 56, C: 256 },
};

const directions: Readonly<Record<Direction, string>> = {
  forward: "forward",
  gradInput: "gradient of the input",
  gradWeight: "gradient of the weight",
};

export const convName = (layer: string, direction: Direction): string => `${layer}: ${directions[direction]}`;
export const networkName = (kind: NetworkTask["kind"], side: number): string =>
  `ResNet-50 ${kind === "train" ? "training step" : "forward"}, batch ${network.batch}, ${side} px`;

export const kinds: readonly Kind[] = ["train", "forward", "conv", "batchnorm"];

/** The cases of a run, the quick ones first: a fault then shows early. */
export function casesOf(only: readonly Kind[], sides: readonly number[], quick: boolean): Case[] {
  const networks = (kind: NetworkTask["kind"]): Case[] =>
    sides.map((side) => ({ name: networkName(kind, side), task: { kind, side, ...network } }));
  const convs = Object.entries(layers)
    .filter(([layer]) => !quick || quickLayers.includes(layer))
    .flatMap(([layer, shape]) =>
      // Nobody needs the gradient of the images.
      (shape.IC === 3 ? (["forward", "gradWeight"] as const) : (["forward", "gradInput", "gradWeight"] as const)).map(
        (direction): Case => ({ name: convName(layer, direction), task: { kind: "conv", direction, shape } }),
      ),
    );
  const batchnorms = Object.entries(norms)
    .filter((_, index) => !quick || index === 0)
    .map(([layer, shape]): Case => ({
      name: `${layer}: BatchNorm, forward and gradient`,
      task: { kind: "batchnorm", shape },
    }));
  const all: Readonly<Record<Kind, readonly Case[]>> = {
    conv: convs,
    batchnorm: batchnorms,
    forward: networks("forward"),
    train: networks("train"),
  };
  return (["conv", "batchnorm", "forward", "train"] as const)
    .filter((kind) => only.includes(kind))
    .flatMap((kind) => all[kind]);
}

/** OH and OW as torch.nn.Conv2d has them. */
export function outputSide({ IH, KH, stride, padding }: ConvShape): number {
  return Math.floor((IH + 2 * padding - KH) / stride) + 1;
}

/** Operations of one direction of a convolution, a multiply-add counting two. */
export function convFlops(shape: ConvShape): number {
  return 2 * shape.N * outputSide(shape) ** 2 * shape.OC * shape.KH * shape.KW * shape.IC;
}
