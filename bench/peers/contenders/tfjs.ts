// TensorFlow.js on its WebGPU backend, with its default flags.
import { fromTorch } from "@fledge/resnet";
import { readSafetensors } from "@fledge/safetensors";
import { readFloats, readInts, serve, type Outputs, type Prepared } from "../contender.ts";
import type { InputFiles } from "../inputs.ts";
import { loadPeer, peerVersion, provideWebGpu, waitPolitely } from "../peer-library.ts";
import { resnet50Of, type NetworkOperations } from "../resnet50.ts";
import { epsilon, outputSide, runningMomentum, type BatchNormTask, type ConvTask, type NetworkTask } from "../tasks.ts";

interface TfTensor {
  readonly shape: number[];
  readonly data: () => Promise<Float32Array>;
  readonly dispose: () => void;
}
interface TfVariable extends TfTensor {
  readonly assign: (value: TfTensor) => void;
}
interface TfOptimizer {
  readonly minimize: (loss: () => TfTensor, returnCost: true, variables: readonly TfVariable[]) => TfTensor;
  readonly dispose: () => void;
}

interface Tf {
  readonly setBackend: (name: "webgpu") => Promise<boolean>;
  readonly ready: () => Promise<void>;
  readonly engine: () => { readonly runKernel: (name: string, inputs: object, attributes: object) => TfTensor };
  readonly tidy: <T>(body: () => T) => T;
  readonly keep: <T extends TfTensor>(tensor: T) => T;
  readonly tensor: (values: Float32Array | Int32Array, shape: readonly number[], dtype?: "int32") => TfTensor;
  readonly variable: (initial: TfTensor, trainable: boolean) => TfVariable;
  readonly conv2d: (x: TfTensor, weight: TfTensor, stride: number, padding: number) => TfTensor;
  readonly maxPool: (x: TfTensor, size: number, stride: number, padding: number) => TfTensor;
  readonly moments: (x: TfTensor, axes: readonly number[]) => { readonly mean: TfTensor; readonly variance: TfTensor };
  readonly batchNorm: (
    x: TfTensor,
    mean: TfTensor,
    variance: TfTensor,
    bias: TfTensor,
    weight: TfTensor,
    epsilon: number,
  ) => TfTensor;
  readonly grads: (
    body: (...inputs: TfTensor[]) => TfTensor,
  ) => (inputs: readonly TfTensor[], dOut: TfTensor) => TfTensor[];
  readonly relu: (x: TfTensor) => TfTensor;
  readonly add: (a: TfTensor, b: TfTensor) => TfTensor;
  readonly mul: (a: TfTensor, b: TfTensor | number) => TfTensor;
  readonly mean: (x: TfTensor, axes: readonly number[]) => TfTensor;
  readonly matMul: (a: TfTensor, b: TfTensor) => TfTensor;
  readonly slice: (x: TfTensor, begin: readonly number[], size: readonly number[]) => TfTensor;
  readonly oneHot: (labels: TfTensor, depth: number) => TfTensor;
  readonly losses: { readonly softmaxCrossEntropy: (oneHot: TfTensor, logits: TfTensor) => TfTensor };
  readonly train: { readonly momentum: (learningRate: number, momentum: number) => TfOptimizer };
}

const adapter = await provideWebGpu();
const tf = loadPeer<Tf>("@tensorflow/tfjs");
loadPeer("@tensorflow/tfjs-backend-webgpu");
if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js cannot open its WebGPU backend");
await tf.ready();

const read = (tensor: TfTensor): Promise<Float32Array> => waitPolitely(tensor.data(), adapter.software);

/** Waits until all that was queued is done, by reading one number of the last result. */
async function finish(last: TfTensor): Promise<void> {
  const first = tf.slice(
    last,
    last.shape.map(() => 0),
    last.shape.map(() => 1),
  );
  await read(first);
  first.dispose();
}

/** Runs on the device; only what `once` returns last is read. */
function onDevice(once: () => Readonly<Record<string, TfTensor>>, operands: readonly TfTensor[]): Prepared {
  const free = (tensors: Readonly<Record<string, TfTensor>>): void =>
    Object.values(tensors).forEach((tensor) => tensor.dispose());
  return {
    run: async (repeats) => {
      for (let i = 1; i < repeats; i++) free(once());
      const results = once();
      await finish(Object.values(results)[0]!);
      free(results);
    },
    outputs: async () => {
      const results = once();
      const outputs: Record<string, Float32Array> = {};
      for (const [name, tensor] of Object.entries(results)) outputs[name] = await read(tensor);
      free(results);
      return outputs;
    },
    release: () => operands.forEach((operand) => operand.dispose()),
  };
}

/** The kernels that TensorFlow.js' own gradient of conv2d calls. */
function prepareConv({ direction, shape }: ConvTask, inputs: InputFiles): Prepared {
  const { N, IH, IW, IC, OC, KH, KW, stride, padding } = shape;
  const side = outputSide(shape);
  const x = tf.tensor(readFloats(inputs["x"]!), [N, IH, IW, IC]);
  const weight = tf.tensor(readFloats(inputs["weight"]!), [KH, KW, IC, OC]);
  const dOut = tf.tensor(readFloats(inputs["dOut"]!), [N, side, side, OC]);
  const attributes = { strides: [stride, stride], pad: padding, dataFormat: "NHWC" };
  const { runKernel } = tf.engine();
  const kernel = runKernel.bind(tf.engine());
  const bodies: Readonly<Record<ConvTask["direction"], () => Readonly<Record<string, TfTensor>>>> = {
    forward: () => ({ out: tf.conv2d(x, weight, stride, padding) }),
    gradInput: () => ({
      dX: kernel("Conv2DBackpropInput", { dy: dOut, filter: weight }, { ...attributes, inputShape: x.shape }),
    }),
    gradWeight: () => ({
      dWeight: kernel("Conv2DBackpropFilter", { x, dy: dOut }, { ...attributes, filterShape: weight.shape }),
    }),
  };
  return onDevice(bodies[direction], [x, weight, dOut]);
}

function prepareBatchNorm({ shape: { N, H, W, C } }: BatchNormTask, inputs: InputFiles): Prepared {
  const [x, dOut] = ["x", "dOut"].map((name) => tf.tensor(readFloats(inputs[name]!), [N, H, W, C])) as [
    TfTensor,
    TfTensor,
  ];
  const [weight, bias] = ["weight", "bias"].map((name) => tf.tensor(readFloats(inputs[name]!), [C])) as [
    TfTensor,
    TfTensor,
  ];
  const gradients = tf.grads((a, scale, offset) => {
    const { mean, variance } = tf.moments(a!, [0, 1, 2]);
    return tf.batchNorm(a!, mean, variance, offset!, scale!, epsilon);
  });
  const once = (): Record<string, TfTensor> => {
    const [dX, dWeight, dBias] = tf.tidy(() => gradients([x, weight, bias], dOut));
    return { dX: dX!, dWeight: dWeight!, dBias: dBias! };
  };
  return onDevice(once, [x, dOut, weight, bias]);
}

/** ResNet-50 on variables by torchvision's names; in training the running moments move as torch.nn.BatchNorm2d's do. */
function networkOf(variables: ReadonlyMap<string, TfVariable>, training: boolean): (images: TfTensor) => TfTensor {
  const get = (name: string): TfVariable => variables.get(name)!;
  const move = (running: TfVariable, value: TfTensor, factor = 1): void =>
    running.assign(tf.add(tf.mul(running, 1 - runningMomentum), tf.mul(value, runningMomentum * factor)));
  const operations: NetworkOperations<TfTensor> = {
    conv: (x, name, { stride, padding }) => tf.conv2d(x, get(`${name}.weight`), stride, padding),
    norm: (x, name) => {
      const [weight, bias] = [get(`${name}.weight`), get(`${name}.bias`)];
      const [runningMean, runningVariance] = [get(`${name}.running_mean`), get(`${name}.running_var`)];
      if (!training) return tf.batchNorm(x, runningMean, runningVariance, bias, weight, epsilon);
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const count = x.shape[0]! * x.shape[1]! * x.shape[2]!;
      move(runningMean, mean);
      move(runningVariance, variance, count / (count - 1));
      return tf.batchNorm(x, mean, variance, bias, weight, epsilon);
    },
    relu: (x) => tf.relu(x),
    add: (a, b) => tf.add(a, b),
    maxPool: (x) => tf.maxPool(x, 3, 2, 1),
    globalAveragePool: (x) => tf.mean(x, [1, 2]),
    linear: (x, name) => tf.add(tf.matMul(x, get(`${name}.weight`)), get(`${name}.bias`)),
  };
  return (images) => resnet50Of(operations, images);
}

async function loadVariables(file: string): Promise<Map<string, TfVariable>> {
  const { tensors } = await readSafetensors(file);
  const entries = [...tensors].map(([name, { data, shape }]): [string, TfVariable] => {
    const own = fromTorch(data as Float32Array, shape);
    return [name, tf.variable(tf.tensor(own.data, own.shape), !name.includes("running_"))];
  });
  return new Map(entries);
}

async function prepareNetwork(task: NetworkTask, inputs: InputFiles): Promise<Prepared> {
  const { kind, batch, side, classes, learningRate, momentum } = task;
  const variables = await loadVariables(inputs["weights"]!);
  const network = networkOf(variables, kind === "train");
  const pixels = readFloats(inputs["images"]!);
  const upload = (): TfTensor => tf.tensor(pixels, [batch, side, side, 3]);
  const freeVariables = (): void => variables.forEach((variable) => variable.dispose());
  if (kind === "forward") {
    let logits = new Float32Array(0);
    const run = async (repeats: number): Promise<void> => {
      for (let i = 0; i < repeats; i++) {
        const result = tf.tidy(() => network(upload()));
        logits = (await read(result)) as Float32Array<ArrayBuffer>;
        result.dispose();
      }
    };
    return { run, outputs: async (): Promise<Outputs> => ({ logits }), release: freeVariables };
  }
  const labels = readInts(inputs["labels"]!);
  const trained = [...variables].filter(([name]) => !name.includes("running_")).map(([, variable]) => variable);
  const optimizer = tf.train.momentum(learningRate, momentum);
  const losses: number[] = [];
  const run = async (repeats: number): Promise<void> => {
    for (let i = 0; i < repeats; i++) {
      const loss = tf.tidy(() => {
        const targets = tf.oneHot(tf.tensor(labels, [batch], "int32"), classes);
        const images = upload();
        return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(targets, network(images)), true, trained);
      });
      losses.push((await read(loss))[0]!);
      loss.dispose();
    }
  };
  const release = (): void => {
    optimizer.dispose();
    freeVariables();
  };
  return { run, outputs: async () => ({ losses: Float32Array.from(losses.slice(0, 2)) }), release };
}

const libraries = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-webgpu"];
await serve(async () => ({
  description: { versions: Object.fromEntries(libraries.map((name) => [name, peerVersion(name)])), adapter },
  prepare: async (task, inputs) => {
    if (task.kind === "conv") return prepareConv(task, inputs);
    if (task.kind === "batchnorm") return prepareBatchNorm(task, inputs);
    return prepareNetwork(task, inputs);
  },
}));
