// ResNet-50 as an ONNX file.
import { join } from "node:path";
import type { StoredTensor } from "@fledge/safetensors";
import { loadPeer } from "../peer-library.ts";
import { resnet50Of } from "../resnet50.ts";
import { epsilon, type NetworkTask } from "../tasks.ts";

interface ProtobufType {
  readonly create: (message: object) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
}
interface Protobuf {
  readonly loadSync: (file: string) => { readonly lookupType: (name: string) => ProtobufType };
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}
const int = (name: string, i: number): Attribute => ({ name, type: 2, i });
const ints = (name: string, values: readonly number[]): Attribute => ({ name, type: 7, ints: values });

const float = 1;
const valueInfo = (name: string, shape: readonly number[]): object => ({
  name,
  type: { tensorType: { elemType: float, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});

/**
 * The graph in ONNX's operators and layouts: images [N,3,side,side] to logits [N,classes].
 * @param weights in PyTorch's names and layouts, which ONNX's operators share
 */
export function onnxResnet50(
  weights: ReadonlyMap<string, StoredTensor>,
  { batch, side, classes }: NetworkTask,
): Uint8Array {
  const nodes: object[] = [];
  const node = (opType: string, input: readonly string[], attribute: readonly Attribute[] = []): string => {
    const output = `${opType}_${nodes.length}`;
    nodes.push({ opType, name: output, input, output: [output], attribute });
    return output;
  };
  const window = (kernel: number, stride: number, padding: number): Attribute[] => [
    ints("kernel_shape", [kernel, kernel]),
    ints("strides", [stride, stride]),
    ints("pads", [padding, padding, padding, padding]),
  ];
  const logits = resnet50Of<string>(
    {
      conv: (x, name, { kernel, stride, padding }) =>
        node("Conv", [x, `${name}.weight`], window(kernel, stride, padding)),
      norm: (x, name) =>
        node(
          "BatchNormalization",
          [x, ...["weight", "bias", "running_mean", "running_var"].map((part) => `${name}.${part}`)],
          [{ name: "epsilon", type: 1, f: epsilon }],
        ),
      relu: (x) => node("Relu", [x]),
      add: (a, b) => node("Add", [a, b]),
      maxPool: (x) => node("MaxPool", [x], window(3, 2, 1)),
      globalAveragePool: (x) => node("Flatten", [node("GlobalAveragePool", [x])], [int("axis", 1)]),
      linear: (x, name) => node("Gemm", [x, `${name}.weight`, `${name}.bias`], [int("transB", 1)]),
    },
    "images",
  );
  const initializer = [...weights].map(([name, { shape, data }]) => ({
    name,
    dims: shape,
    dataType: float,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  const graph = {
    name: "resnet50",
    node: nodes,
    initializer,
    input: [valueInfo("images", [batch, 3, side, side])],
    output: [valueInfo(logits, [batch, classes])],
  };
  const model = loadPeer<Protobuf>("protobufjs")
    .loadSync(join(import.meta.dirname, "onnx.proto"))
    .lookupType("onnx.ModelProto");
  return model
    .encode(model.create({ irVersion: 8, producerName: "fledge", opsetImport: [{ version: 17 }], graph }))
    .finish();
}
