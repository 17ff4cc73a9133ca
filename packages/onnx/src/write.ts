import { readFileSync } from "node:fs";
import { writeFileWhole } from "@fledge/files";
import type { StoredTensor } from "@fledge/safetensors";
import protobuf from "protobufjs";
import { resnetGraph } from "./resnet-graph.ts";

const modelType = protobuf
  .parse(readFileSync(new URL("onnx.proto", import.meta.url), "utf8"))
  .root.lookupType("onnx.ModelProto");

/** TensorProto.DataType. */
const float = 1;

/** Opset 17 and IR 8 are ONNX 1.12's, of 2022: ONNX Runtime reads them from 1.12 on. */
const opset = 17;
const irVersion = 8;

export interface OnnxOptions {
  /** Side of the square images, in pixels. */
  readonly imageSize: number;
  /** Images at once; any number where absent, which the file calls N. */
  readonly batch?: number;
  /** Text by name: the file's metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const valueInfo = (name: string, shape: readonly (number | string)[]): object => {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: float, shape: { dim } } } };
};

/**
 * One of torchvision's ResNets in eval mode as the bytes of an ONNX file: `images` f32 [N,3,side,side], normalised, to
 * `logits` f32 [N,classes].
 * @param tensors a state_dict under torchvision's names and in its layouts
 * @throws RangeError naming a tensor that is missing or holds no float32
 */
export function onnxOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  { imageSize, batch, metadata = {} }: OnnxOptions,
): Uint8Array {
  const graph = resnetGraph(tensors);
  const initializer = [...graph.inputs].flatMap((name) => {
    if (name === "images") return [];
    const tensor = tensors.get(name);
    if (!(tensor?.data instanceof Float32Array)) throw new RangeError(`onnx: ${name} is missing or holds no float32`);
    const { buffer, byteOffset, byteLength } = tensor.data;
    return [{ name, dims: tensor.shape, dataType: float, rawData: new Uint8Array(buffer, byteOffset, byteLength) }];
  });
  const N = batch ?? "N";
  const model = {
    irVersion,
    producerName: "fledge",
    opsetImport: [{ domain: "", version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: "resnet",
      node: graph.nodes,
      initializer,
      input: [valueInfo("images", [N, 3, imageSize, imageSize])],
      output: [valueInfo("logits", [N, tensors.get("fc.bias")!.shape[0]!])],
    },
  };
  return modelType.encode(modelType.create(model)).finish();
}

/** Writes an ONNX file whole or not at all, see `onnxOf`. @throws RangeError, FileError */
export async function writeOnnx(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  options: OnnxOptions,
): Promise<void> {
  await writeFileWhole(file, onnxOf(tensors, options));
}

/** The text by name that an ONNX file carries. @throws where the bytes are none */
export function onnxText(bytes: Uint8Array): Readonly<Record<string, string>> {
  const { metadataProps = [] } = modelType.decode(bytes) as { metadataProps?: { key: string; value: string }[] };
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}
