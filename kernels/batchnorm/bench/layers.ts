/** BatchNorms of ResNet-50, by the name torchvision gives them. The demo's network is narrower: a quarter of the width. */
export const layers = {
  "bn1 of the demo, 64 px, batch 32": { N: 32, H: 32, W: 32, C: 16 },
  "layer1.0.bn3, 224 px, batch 2": { N: 2, H: 56, W: 56, C: 256 },
  "layer4.2.bn2, 224 px, batch 8": { N: 8, H: 7, W: 7, C: 512 },
};
