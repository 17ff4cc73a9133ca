import type { StoredTensor } from "@fledge/safetensors";
import { GraphBuilder } from "./graph-builder.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

/** torch.nn.BatchNorm2d's epsilon. */
const epsilon = 1e-5;

const shapeOf = (tensors: Tensors, name: string): readonly number[] => {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new RangeError(`onnx: there is no tensor ${name}: give the state_dict of one of torchvision's ResNets`);
  return tensor.shape;
};

/** The layers of a ResNet over a graph; a layer's name is that of its tensors. */
class Layers {
  readonly graph = new GraphBuilder();
  readonly #tensors: Tensors;

  constructor(tensors: Tensors) {
    this.#tensors = tensors;
  }

  /** A convolution without bias and its BatchNorm in eval mode; the kernel is as large as the weight says. */
  convolution(x: string, conv: string, norm: string, stride: number): string {
    const kernel = shapeOf(this.#tensors, `${conv}.weight`)[2]!;
    const pad = (kernel - 1) / 2;
    const y = this.graph.node("Conv", conv, [x, `${conv}.weight`], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
    const statistics = ["weight", "bias", "running_mean", "running_var"].map((part) => `${norm}.${part}`);
    return this.graph.node("BatchNormalization", norm, [y, ...statistics], { epsilon: { float: epsilon } });
  }

  relu(x: string, name: string): string {
    return this.graph.node("Relu", name, [x]);
  }

  /** A residual block: as many convolutions as its tensors say; the stride on the 3x3 of a bottleneck ("v1.5"). */
  block(x: string, block: string, stride: number): string {
    const inner = this.#tensors.has(`${block}.conv3.weight`) ? [1, 2, 3] : [1, 2];
    const strided = inner.length - 1;
    const branch = inner.reduce((y, index) => {
      const own = index === strided ? stride : 1;
      const z = this.convolution(y, `${block}.conv${index}`, `${block}.bn${index}`, own);
      return index === inner.length ? z : this.relu(z, `${block}.relu${index}`);
    }, x);
    const changes = this.#tensors.has(`${block}.downsample.0.weight`);
    const identity = changes ? this.convolution(x, `${block}.downsample.0`, `${block}.downsample.1`, stride) : x;
    return this.relu(this.graph.node("Add", `${block}.add`, [branch, identity]), `${block}.relu`);
  }

  hasBlock(block: string): boolean {
    return this.#tensors.has(`${block}.conv1.weight`);
  }
}

/**
 * torchvision.models.resnet in eval mode over ONNX's operators, of any depth and width: what dropout and stochastic
 * depth do to a training is not there. images [N,3,H,W], normalised -> logits [N,classes].
 * @param tensors a state_dict under torchvision's names, whose layouts are ONNX's
 * @throws RangeError naming a tensor that is missing
 */
export function resnetGraph(tensors: Tensors): GraphBuilder {
  const layers = new Layers(tensors);
  const { graph } = layers;
  const stem = layers.relu(layers.convolution("images", "conv1", "bn1", 2), "relu");
  let x = graph.node("MaxPool", "maxpool", [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (let stage = 1; layers.hasBlock(`layer${stage}.0`); stage++) {
    for (let index = 0; layers.hasBlock(`layer${stage}.${index}`); index++)
      x = layers.block(x, `layer${stage}.${index}`, stage > 1 && index === 0 ? 2 : 1);
  }
  const pooled = graph.node("Flatten", "flatten", [graph.node("GlobalAveragePool", "avgpool", [x])], { axis: 1 });
  shapeOf(tensors, "fc.weight");
  graph.node("Gemm", "fc", [pooled, "fc.weight", "fc.bias"], { transB: 1 }, "logits");
  return graph;
}
