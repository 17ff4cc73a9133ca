import { expect, it } from "vitest";
import { differentiate } from "../src/differentiate.ts";
import { fuseLoss } from "../src/fuse-loss.ts";
import { fuse } from "../src/fuse.ts";
import { KernelNode, type Graph } from "../src/graph.ts";
import {
  add,
  batchNorm,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Tensor,
  Variable,
} from "../src/index.ts";
import { prune } from "../src/prune.ts";
import { trace } from "../src/trace.ts";

const variable = (name: string, ...shape: number[]): Variable =>
  new Variable(name, float32(...shape), "parameter", () => new Float32Array(0));

const weight = variable("weight", 1, 1, 3, 3);
const norm = {
  weight: variable("norm.weight", 3),
  bias: variable("norm.bias", 3),
  runningMean: variable("norm.running_mean", 3),
  runningVariance: variable("norm.running_var", 3),
};
const parameters = [weight, norm.weight, norm.bias];

/** A step in which every pass finds something to do. */
const step = (): { loss: Tensor; gradient: Tensor } => {
  const x = new Tensor(float32(2, 4, 4, 3), "x");
  const features = relu(add(batchNorm(conv2d(x, weight), norm, { mode: "train" }), x));
  relu(features);
  const loss = softmaxCrossEntropy(globalAveragePool(features), new Tensor(int32(2), "labels"));
  const gradients = grad(loss, parameters);
  new Sgd(parameters).update(gradients, { learningRate: new Tensor(float32(), "learningRate") });
  return { loss, gradient: gradients[0]! };
};

/** Makes any change of a graph's nodes an error. */
function frozen(graph: Graph): Graph {
  for (const node of graph.nodes) Object.values(Object.freeze(node)).forEach(Object.freeze);
  return { nodes: Object.freeze(graph.nodes) };
}

const inWords = (graph: Graph): string[] =>
  graph.nodes.map((node) =>
    node instanceof KernelNode
      ? `${node.kernel.name} ${JSON.stringify(node.shape)} ${Object.values(node.inputs).map(String).join(" ")}`
      : node.constructor.name,
  );

it("every pass leaves the graph it is given as it is, and makes the same of it twice", () => {
  const { graph, result } = trace(step);
  const asTraced = inWords(graph);
  const stages = (): string[][] => {
    const fused = frozen(fuse(graph, [result.loss]));
    const { graph: differentiated, standsFor } = differentiate(fused);
    const pruned = frozen(prune(frozen(differentiated), [result.loss, standsFor.get(result.gradient)!]));
    return [fused, differentiated, pruned, fuseLoss(pruned, {})].map(inWords);
  };
  frozen(graph);
  const first = stages();
  expect(stages()).toEqual(first);
  expect(inWords(graph)).toEqual(asTraced);
  expect([asTraced, ...first].map(({ length }) => length)).toEqual([11, 9, 12, 11, 10]);
});
