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

const batchSize = 4;
const side = 16;
const channels = 32;
const inner = channels / 4;
const classes = 10;

export const inputs = {
  images: float32(batchSize, side, side, channels),
  labels: int32(batchSize),
  learningRate: float32(),
};

export const batch = {
  images: Float32Array.from({ length: batchSize * side * side * channels }, (_, i) => Math.sin(i)),
  labels: Int32Array.from({ length: batchSize }, (_, i) => i),
  learningRate: 1e-4,
};

/** The training step of a chain of bottleneck blocks: 16 of them have about the nodes of ResNet-50. */
export function chain(blocks: number) {
  const variables: Variable[] = [];
  const make = (
    name: string,
    shape: number[],
    role: "parameter" | "statistic",
    value: (i: number) => number,
  ): Variable => {
    const count = shape.reduce((a, b) => a * b, 1);
    const variable = new Variable(name, float32(...shape), role, () =>
      Float32Array.from({ length: count }, (_, i) => value(i)),
    );
    variables.push(variable);
    return variable;
  };
  const convNorm = (name: string, K: number, IC: number, OC: number) => {
    const weight = make(`${name}.weight`, [K, K, IC, OC], "parameter", (i) => Math.sin(i) / Math.sqrt(K * K * OC));
    const norm = {
      weight: make(`${name}.norm.weight`, [OC], "parameter", () => 1),
      bias: make(`${name}.norm.bias`, [OC], "parameter", () => 0),
      runningMean: make(`${name}.norm.mean`, [OC], "statistic", () => 0),
      runningVariance: make(`${name}.norm.variance`, [OC], "statistic", () => 1),
    };
    return (x: Tensor): Tensor => batchNorm(conv2d(x, weight, { padding: (K - 1) / 2 }), norm, { mode: "train" });
  };
  const layers = Array.from({ length: blocks }, (_, i) => {
    const [narrow, middle, wide] = [
      convNorm(`${i}.1`, 1, channels, inner),
      convNorm(`${i}.2`, 3, inner, inner),
      convNorm(`${i}.3`, 1, inner, channels),
    ];
    return (x: Tensor): Tensor => relu(add(wide(relu(middle(relu(narrow(x))))), x));
  });
  const weight = make("fc.weight", [channels, classes], "parameter", (i) => Math.sin(i) / channels);
  const bias = make("fc.bias", [classes], "parameter", () => 0);
  const parameters = variables.filter(({ role }) => role === "parameter");
  const sgd = new Sgd(parameters, { momentum: 0.9 });
  const body = ({ images, labels, learningRate }: Readonly<Record<keyof typeof inputs, Tensor>>) => {
    const features = layers.reduce((x, layer) => layer(x), images);
    const loss = softmaxCrossEntropy(linear(globalAveragePool(features), weight, bias), labels);
    sgd.update(grad(loss, parameters), { learningRate });
    return { loss };
  };
  return { variables: [...variables, ...sgd.variables], body };
}
