import { compile, place, Sgd } from "@fledge/autograd";
import { benchFunctions } from "@fledge/bench";
import { random } from "@fledge/random";
import type { Network } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { renderedImages, supervised, trainingStep } from "../src/index.ts";

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** Times a network's training step, bytes to updated weights, and how long the host is busy with it. */
export async function benchTrainingStep(
  gpu: Gpu,
  name: string,
  network: Network,
  N: number,
  side: number,
): Promise<void> {
  const sgd = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, [...network.variables, ...sgd.variables]);
  const objective = supervised(renderedImages(side), { labelSmoothing: 0 });
  const step = await compile(gpu, ...trainingStep(network, objective, sgd)(N));
  const draw = random(1, "bench images");
  const batch = {
    images: Uint8Array.from({ length: N * side * side * 3 }, () => draw.integer(0, 256)),
    imagesPlacement: new Int32Array(N * 3),
    labels: new Int32Array(N),
    learningRate: 1e-4,
  };
  const stepMs: number[] = [];
  const hostMs: number[] = [];
  const run = async (): Promise<void> => {
    const startMs = performance.now();
    const pending = step.run(batch);
    // Inputs are written, commands encoded and submitted; the rest is the device's.
    hostMs.push(performance.now() - startMs);
    await pending;
    stepMs.push(performance.now() - startMs);
  };
  await benchFunctions({
    title: `${name}, ${side} px, batch ${N}`,
    tasks: { "training step": run },
    work: { count: N, unit: "images" },
  });
  const { flops, dispatches } = step.explain();
  const rateGflops = flops / 1e6 / median(stepMs.slice(1)); // The first warms up.
  console.log(
    `\n${dispatches} dispatches and ${(flops / 1e9).toFixed(1)} GFLOP a step on ${gpu.adapter.name}: ` +
      `${rateGflops.toFixed(1)} GFLOPS; the host is busy for ${median(hostMs.slice(1)).toFixed(1)} ms of a step`,
  );
  step.release();
}
