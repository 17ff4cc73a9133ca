import type { ActivationShape } from "../src/shape.ts";

/** BatchNorms of ResNet-50, by the name torchvision gives them: few and many channels, few and many rows. */
export const layers: Readonly<Record<string, ActivationShape>> = {
  "bn1, 64 px, batch 8": { N: 8, H: 32, W: 32, C: 64 },
  "layer1.0.bn3, 224 px, batch 2": { N: 2, H: 56, W: 56, C: 256 },
  "layer3.0.bn2, 64 px, batch 8": { N: 8, H: 4, W: 4, C: 256 },
  "layer4.2.bn3, 224 px, batch 8": { N: 8, H: 7, W: 7, C: 2048 },
};

/** The layers with the ReLU behind them, and the residual before it where the network has one. */
export const fusedLayers = Object.fromEntries(
  Object.entries(layers).map(([name, layer]) => [
    name,
    { ...layer, epsilon: 1e-5, relu: true, residual: name.includes("bn3") },
  ]),
);
