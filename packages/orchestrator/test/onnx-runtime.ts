import * as ort from "onnxruntime-web";

// A thread of its own would outlive the test.
ort.env.wasm.numThreads = 1;

/** What ONNX Runtime computes of a file's `images`, f32 [n,3,side,side], as f32 [n,classes]. */
export async function onnxLogits(
  model: Uint8Array,
  images: Float32Array,
  shape: readonly [number, number, number, number],
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model);
  const { logits } = await session.run({ images: new ort.Tensor("float32", images, shape) });
  const values = (await logits!.getData()) as Float32Array;
  await session.release();
  return values;
}
