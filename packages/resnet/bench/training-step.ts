import { compile, grad, int32, float32, normaliseImages, place, Sgd, softmaxCrossEntropy, uint8 } from "@fledge/autograd";
import { benchFunctions } from "@fledge/bench";
import { random } from "@fledge/random";
import type { Gpu } from "@fledge/runtime";
import type { Network } from "../src/index.ts";

/** Times a network's training step, bytes to updated weights, and how long the host is busy with it. */
export async function benchTrainingStep(gpu: Gpu, name: string, network: Network, N: number, side: number): Promise<void> {
  const sgd = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, [...network.variables, ...sgd.variables]);
  const inputs = { images: uint8(N, side, side, 3), placement: int32(N, 3), labels: int32(N), learningRate: float32() };
  const step = await compile(gpu, inputs, ({ images, placement, labels, learningRate }) => {
    const loss = softmaxCrossEntropy(network(normaliseImages(images, placement), { mode: "train" }), labels);
    sgd.update(grad(loss, network.parameters), { learningRate });
    return { loss };
  });
  const draw = random(1, "bench images");
  const batch = {
    images: Uint8Array.from({ length: N * side * side * 3 }, () => draw.integer(0, 256)),
    placement: new Int32Array(N * 3),
    labels: new Int32Array(N),
    learningRate: 1e-4,
  };
  const run = () => step.run(batch);
  /** Writing inputs, encoding and submitting, without what the device then does. */
  const host = async (): Promise<{ overriddenDuration: number }> => {
    const startMs = performance.now();
    const pending = run();
    const overriddenDuration = performance.now() - startMs;
    await pending;
    return { overriddenDuration };
  };
  const { flops, dispatches } = step.explain();
  const gflop = flops / 1e9;
  const title = `${name}, ${side} px, batch ${N}`;
  console.log(`\n${title}: ${dispatches} dispatches and ${gflop.toFixed(1)} GFLOP a step, on ${gpu.adapter.name}`);
  await benchFunctions({ title, tasks: { "training step": run, "of it on the host": host }, work: { count: N, unit: "images" } });
  await benchFunctions({ title: `${title}, arithmetic`, tasks: { "training step": run }, work: { count: gflop, unit: "GFLOP" } });
  step.release();
}
