import { add, relu, type Mode, type Tensor } from "@fledge/autograd";
import { convolution, normalisation, type Scope } from "./layers.ts";

export type Layer = (x: Tensor, mode: Mode) => Tensor;

/** A residual block and the number of channels it puts out for `planes` inner ones. */
export interface BlockKind {
  readonly expansion: number;
  readonly build: (scope: Scope, IC: number, planes: number, stride: number) => Layer;
}

/** The identity, or a strided 1x1 convolution with BatchNorm where the shape changes. */
function shortcut(scope: Scope, IC: number, OC: number, stride: number): Layer {
  if (stride === 1 && IC === OC) return (x) => x;
  const conv = convolution(scope.inside("downsample.0"), IC, OC, 1, stride);
  const norm = normalisation(scope.inside("downsample.1"), OC);
  return (x, mode) => norm(conv(x), mode);
}

/** Two 3x3 convolutions (ResNet-18 and 34). */
export const basic: BlockKind = {
  expansion: 1,
  build(scope, IC, planes, stride) {
    const conv1 = convolution(scope.inside("conv1"), IC, planes, 3, stride);
    const bn1 = normalisation(scope.inside("bn1"), planes);
    const conv2 = convolution(scope.inside("conv2"), planes, planes, 3);
    const bn2 = normalisation(scope.inside("bn2"), planes, scope.residualWeight);
    const identity = shortcut(scope, IC, planes, stride);
    return (x, mode) => {
      const a = relu(bn1(conv1(x), mode));
      const b = bn2(conv2(a), mode);
      return relu(add(b, identity(x, mode)));
    };
  },
};

/** 1x1, 3x3, 1x1, the stride on the 3x3 ("v1.5", as torchvision has it). */
export const bottleneck: BlockKind = {
  expansion: 4,
  build(scope, IC, planes, stride) {
    const OC = planes * 4;
    const conv1 = convolution(scope.inside("conv1"), IC, planes, 1);
    const bn1 = normalisation(scope.inside("bn1"), planes);
    const conv2 = convolution(scope.inside("conv2"), planes, planes, 3, stride);
    const bn2 = normalisation(scope.inside("bn2"), planes);
    const conv3 = convolution(scope.inside("conv3"), planes, OC, 1);
    const bn3 = normalisation(scope.inside("bn3"), OC, scope.residualWeight);
    const identity = shortcut(scope, IC, OC, stride);
    return (x, mode) => {
      const a = relu(bn1(conv1(x), mode));
      const b = relu(bn2(conv2(a), mode));
      const c = bn3(conv3(b), mode);
      return relu(add(c, identity(x, mode)));
    };
  },
};
