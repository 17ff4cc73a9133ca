import {
  add,
  batchNorm,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Variable,
  type Tensor,
} from "../src/index.ts";
import type { ProgramSource } from "../src/record.ts";

const batchSize = 4;
const side = 16;
const channels = 32;
const inner = channels / 4;
const classes = 10;

/** A training step of a chain of bottleneck blocks, to be compiled and not run: 16 have about ResNet-50's nodes. */
export function chain(blocks: number) {
  const variables: Variable[] = [];
  const make = (name: string, shape: readonly number[], role: "parameter" | "statistic" = "parameter"): Variable => {
    const count = shape.reduce((a, b) => a * b, 1);
    const variable = new Variable(name, float32(...shape), role, () => new Float32Array(count));
    variables.push(variable);
    return variable;
  };
  const convNorm = (name: string, K: number, IC: number, OC: number) => {
    const weight = make(`${name}.weight`, [K, K, IC, OC]);
    const norm = {
      weight: make(`${name}.norm.weight`, [OC]),
      bias: make(`${name}.norm.bias`, [OC]),
      runningMean: make(`${name}.norm.mean`, [OC], "statistic"),
      runningVariance: make(`${name}.norm.variance`, [OC], "statistic"),
    };
    return (x: Tensor): Tensor => batchNorm(conv2d(x, weight, { padding: (K - 1) / 2 }), norm, { mode: "train" });
  };
  const layers = Array.from({ length: blocks }, (_, i) => {
    const narrow = convNorm(`${i}.1`, 1, channels, inner);
    const middle = convNorm(`${i}.2`, 3, inner, inner);
    const wide = convNorm(`${i}.3`, 1, inner, channels);
    return (x: Tensor): Tensor => relu(add(wide(relu(middle(relu(narrow(x))))), x));
  });
  const weight = make("fc.weight", [channels, classes]);
  const bias = make("fc.bias", [classes]);
  const parameters = variables.filter(({ role }) => role === "parameter");
  const sgd = new Sgd(parameters, { momentum: 0.9 });
  const inputs = {
    images: float32(batchSize, side, side, channels),
    labels: int32(batchSize),
    learningRate: float32(),
  };
  const source: ProgramSource<keyof typeof inputs, "loss"> = [
    inputs,
    ({ images, labels, learningRate }) => {
      const features = layers.reduce((x, layer) => layer(x), images);
      const loss = softmaxCrossEntropy(linear(globalAveragePool(features), weight, bias), labels);
      sgd.update(grad(loss, parameters), { learningRate });
      return { loss };
    },
  ];
  return { variables: [...variables, ...sgd.variables], source };
}
