import { place } from "@fledge/autograd";
import { onnxOf } from "@fledge/onnx";
import { random } from "@fledge/random";
import { loadStateDict, resnet18, resnet34, resnet50, stateDict, type Network } from "@fledge/resnet";
import { Gpu } from "@fledge/runtime";
import { toNchw, type StoredTensor } from "@fledge/safetensors";
import { CompiledBySize, normalisedImages, prediction } from "@fledge/training";
import { expect, it } from "vitest";
import { onnxLogits } from "./onnx-runtime.ts";

/** Fresh weights, with what BatchNorm learns and counts drawn too: at 1 and 0 nothing tells them apart. */
function drawn(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const perChannel = /(bn\d|downsample\.1)\.(weight|bias|running_mean|running_var)$/;
  return new Map(
    [...tensors].map(([name, tensor]) => {
      if (!perChannel.test(name)) return [name, tensor];
      const stream = random(5, name);
      const least = /weight|var/.test(name) ? 0.5 : -0.5;
      return [name, { ...tensor, data: Float32Array.from(tensor.data as Float32Array, () => least + stream.float()) }];
    }),
  );
}

const noise = { dropout: 0.5, stochasticDepth: { rate: 0.5, rule: "one_based" } } as const;

it.each<[string, Network, number, number]>([
  ["a shallow, narrow one", resnet18({ classes: 3, width: 4 }), 32, 2],
  ["one of images that no stride divides", resnet34({ classes: 5, width: 4 }), 45, 1],
  ["bottlenecks, trained with dropout and stochastic depth", resnet50({ classes: 7, width: 8, ...noise }), 64, 3],
])("ONNX Runtime comes to the network's own logits: %s", async (_, network, side, count) => {
  const gpu = await Gpu.open();
  try {
    place(gpu, network.variables);
    const tensors = drawn(await stateDict(gpu, network));
    loadStateDict(gpu, network, tensors, "drawn");
    const stream = random(6, "images");
    const images = Float32Array.from({ length: count * side * side * 3 }, () => 4 * stream.float() - 2);
    const programs = new CompiledBySize(
      gpu,
      prediction(network, normalisedImages(side), "eval", ({ logits }) => ({ logits })),
      {},
    );
    const own = await (await programs.of(count)).run({ images, labels: new Int32Array(count) });
    const theirs = await onnxLogits(onnxOf(tensors, { imageSize: side }), toNchw(images, [count, side, side, 3]).data, [
      count,
      3,
      side,
      side,
    ]);
    expect(theirs).toHaveLength(own.logits.length);
    // Sums of up to 2304 products in another order, through at most 50 layers: float32's 6e-8 some hundred times over.
    const largest = Math.max(...own.logits.map(Math.abs));
    theirs.forEach((value, i) => expect(Math.abs(value - own.logits[i]!)).toBeLessThan(1e-4 * largest));
    expect(new Set(own.logits).size).toBeGreaterThan(count);
  } finally {
    await gpu.close();
  }
});
