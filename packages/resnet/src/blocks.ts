import { add, dropPath, keepMask, relu, type Mode, type Tensor } from "@fledge/autograd";
import { convolution, normalisation, type Scope } from "./layers.ts";

/** One pass of a batch through a network. */
export interface Pass {
  readonly mode: Mode;
  /** u32 [N]; null: without noise. */
  readonly noiseKeys: Tensor | null;
}

export type Layer = (x: Tensor, pass: Pass) => Tensor;

/** Stochastic depth of one block: its rate, and the number by which its draws differ from other layers'. */
export interface Dropped {
  readonly rate: number;
  readonly layer: number;
}

/** A residual block and the number of channels it puts out for `planes` inner ones. */
export interface BlockKind {
  readonly expansion: number;
  readonly build: (scope: Scope, IC: number, planes: number, stride: number, dropped: Dropped) => Layer;
}

const keepsShape = (IC: number, OC: number, stride: number): boolean => stride === 1 && IC === OC;

/** The identity, or a strided 1x1 convolution with BatchNorm where the shape changes. */
function shortcut(scope: Scope, IC: number, OC: number, stride: number): Layer {
  if (keepsShape(IC, OC, stride)) return (x) => x;
  const conv = convolution(scope.inside("downsample.0"), IC, OC, 1, stride);
  const norm = normalisation(scope.inside("downsample.1"), OC);
  return (x, { mode }) => norm(conv(x), mode);
}

/**
 * What ends a block: relu(branch + identity), the branch being left out by chance where its pass has noise. Only beside an
 * identity, as in Noisy Student's and torchvision's EfficientNets: where the shape changes nothing would be left of the
 * block but its downsampling. (timm's ResNet drops there too.)
 */
function ending(IC: number, OC: number, stride: number, { rate, layer }: Dropped) {
  const drops = rate > 0 && keepsShape(IC, OC, stride);
  return (branch: Tensor, identity: Tensor, { mode, noiseKeys }: Pass): Tensor =>
    drops && noiseKeys
      ? dropPath(identity, branch, keepMask(noiseKeys, { rate, layer }), { survival: 1 - rate, mode, relu: true })
      : relu(add(branch, identity));
}

/** Two 3x3 convolutions (ResNet-18 and 34). */
export const basic: BlockKind = {
  expansion: 1,
  build(scope, IC, planes, stride, dropped) {
    const conv1 = convolution(scope.inside("conv1"), IC, planes, 3, stride);
    const bn1 = normalisation(scope.inside("bn1"), planes);
    const conv2 = convolution(scope.inside("conv2"), planes, planes, 3);
    const bn2 = normalisation(scope.inside("bn2"), planes, scope.residualWeight);
    const identity = shortcut(scope, IC, planes, stride);
    const end = ending(IC, planes, stride, dropped);
    return (x, pass) => {
      const { mode } = pass;
      const a = relu(bn1(conv1(x), mode));
      const b = bn2(conv2(a), mode);
      return end(b, identity(x, pass), pass);
    };
  },
};

/** 1x1, 3x3, 1x1, the stride on the 3x3 ("v1.5", as torchvision has it). */
export const bottleneck: BlockKind = {
  expansion: 4,
  build(scope, IC, planes, stride, dropped) {
    const OC = planes * 4;
    const conv1 = convolution(scope.inside("conv1"), IC, planes, 1);
    const bn1 = normalisation(scope.inside("bn1"), planes);
    const conv2 = convolution(scope.inside("conv2"), planes, planes, 3, stride);
    const bn2 = normalisation(scope.inside("bn2"), planes);
    const conv3 = convolution(scope.inside("conv3"), planes, OC, 1);
    const bn3 = normalisation(scope.inside("bn3"), OC, scope.residualWeight);
    const identity = shortcut(scope, IC, OC, stride);
    const end = ending(IC, OC, stride, dropped);
    return (x, pass) => {
      const { mode } = pass;
      const a = relu(bn1(conv1(x), mode));
      const b = relu(bn2(conv2(a), mode));
      const c = bn3(conv3(b), mode);
      return end(c, identity(x, pass), pass);
    };
  },
};
