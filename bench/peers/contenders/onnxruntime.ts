// ONNX Runtime with its WebGPU provider: the forward pass. It waits on a thread of its own, so nothing is polled here.
import { onnxOf } from "@fledge/onnx";
import { readSafetensors, toNchw } from "@fledge/safetensors";
import { readFloats, serve, unsupported, type Prepared } from "../contender.ts";
import type { InputFiles } from "../inputs.ts";
import { loadPeer, peerVersion } from "../peer-library.ts";
import type { NetworkTask } from "../tasks.ts";

interface OrtTensor {
  readonly data: Float32Array;
}
interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly run: (feeds: Readonly<Record<string, OrtTensor>>) => Promise<Readonly<Record<string, OrtTensor>>>;
  readonly release: () => Promise<void>;
}
interface Ort {
  readonly InferenceSession: { readonly create: (model: Uint8Array, options: object) => Promise<OrtSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OrtTensor;
}

const ort = loadPeer<Ort>("onnxruntime-node");

async function prepareForward(task: NetworkTask, inputs: InputFiles): Promise<Prepared> {
  const { batch, side } = task;
  const { tensors } = await readSafetensors(inputs["weights"]!);
  const session = await ort.InferenceSession.create(onnxOf(tensors, { imageSize: side, batch }), {
    executionProviders: ["webgpu"],
    graphOptimizationLevel: "all",
  });
  const pixels = toNchw(readFloats(inputs["images"]!), [batch, side, side, 3]).data;
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  let logits = new Float32Array(0);
  return {
    run: async (repeats) => {
      for (let i = 0; i < repeats; i++) {
        const results = await session.run({ [input]: new ort.Tensor("float32", pixels, [batch, 3, side, side]) });
        logits = results[output]!.data as Float32Array<ArrayBuffer>;
      }
    },
    outputs: async () => ({ logits }),
    release: () => session.release(),
  };
}

await serve(async () => ({
  // The adapter is the one that ONNX Runtime's own Dawn prefers; it does not tell which.
  description: { versions: { "onnxruntime-node": peerVersion("onnxruntime-node") }, adapter: null },
  prepare: async (task, inputs) =>
    task.kind === "forward" ? prepareForward(task, inputs) : unsupported("ONNX Runtime", task.kind),
}));
