import { benchFunctions } from "@fledge/bench";
import { Gpu } from "@fledge/runtime";
import { differentiate } from "../src/differentiate.ts";
import { fuse } from "../src/fuse.ts";
import { compile, place, type Tensor } from "../src/index.ts";
import { OwnedMemory } from "../src/owned-memory.ts";
import { plan } from "../src/plan.ts";
import { prune } from "../src/prune.ts";
import { InputTensor } from "../src/tensor.ts";
import { trace } from "../src/trace.ts";
import { batch, chain, inputs } from "./network.ts";

const gpu = await Gpu.open();
const { body, variables } = chain(16);
place(gpu, variables);

const tensors = {
  images: new InputTensor(inputs.images, "images"),
  labels: new InputTensor(inputs.labels, "labels"),
  learningRate: new InputTensor(inputs.learningRate, "learningRate"),
};
const traced = () => trace(() => body(tensors));
const differentiated = () => {
  const { graph, result } = traced();
  const differentiatedGraph = differentiate(fuse(graph, [result.loss])).graph;
  return {
    graph: prune(differentiatedGraph, [result.loss]),
    results: [result.loss, ...Object.values<Tensor>(tensors)],
  };
};
const planned = () => {
  const { graph, results } = differentiated();
  const memory = new OwnedMemory(gpu);
  const made = plan(gpu, memory, graph, results, { rungs: {}, choices: {} });
  memory.release();
  return made;
};
const compiled = async () => (await compile(gpu, inputs, body)).release();

try {
  await benchFunctions({
    title: "compile a training step of 16 bottleneck blocks",
    tasks: {
      trace: traced,
      "+ fuse, differentiate": differentiated,
      "+ plan": planned,
      "+ pipelines, all cached": compiled,
    },
  });
  const step = await compile(gpu, inputs, body);
  /** Writing inputs, encoding and submitting; what the device then does is waited for, and not counted. */
  const host = async (): Promise<{ overriddenDuration: number }> => {
    const startMs = performance.now();
    const pending = step.run(batch);
    const overriddenDuration = performance.now() - startMs;
    await pending;
    return { overriddenDuration };
  };
  await benchFunctions({
    title: "run it",
    tasks: { "on the host": host, "until the loss is there": async () => step.run(batch) },
  });
  const { dispatches, arenaBytes, peakLiveBytes, gradientBytes, kernels } = step.explain();
  const mib = (bytes: number): string => `${(bytes / 1048576).toFixed(2)} MiB`;
  console.log(
    `\n${kernels.length} kernels, ${dispatches} dispatches. Arena ${mib(arenaBytes)}, of which ` +
      `${mib(peakLiveBytes)} live at once (${(arenaBytes / peakLiveBytes).toFixed(3)} to 1); ` +
      `gradients of the optimiser ${mib(gradientBytes)}.`,
  );
} finally {
  await gpu.close();
}
