import type { Conv2dShape } from "../src/index.ts";

type Channels = readonly [IC: number, OC: number];

/** N images of I x I pixels, a kernel of K x K with the padding that keeps the size at stride 1. */
function square(N: number, I: number, [IC, OC]: Channels, K: number, stride: number): Conv2dShape {
  return { N, IH: I, IW: I, IC, OC, KH: K, KW: K, stride, padding: (K - 1) / 2 };
}

/** Convolutions of ResNet-50 on 64 px images, by torchvision's names: each kind of layer once. */
export const layers: Readonly<Record<string, Conv2dShape>> = {
  "conv1, 64 px, batch 1": square(1, 64, [3, 64], 7, 2),
  "layer1.1.conv2, 64 px, batch 2": square(2, 16, [64, 64], 3, 1),
  "layer1.1.conv3, 64 px, batch 4": square(4, 16, [64, 256], 1, 1),
  "layer2.0.conv2, 64 px, batch 2": square(2, 16, [128, 128], 3, 2),
  "layer3.1.conv2, 64 px, batch 8": square(8, 4, [256, 256], 3, 1),
  "layer4.2.conv1, 64 px, batch 8": square(8, 2, [2048, 512], 1, 1),
};
