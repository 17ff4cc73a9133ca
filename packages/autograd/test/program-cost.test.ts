import { baselineDevice } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { expect, it, vi } from "vitest";
import {
  batchOf,
  compile,
  float32,
  grad,
  int32,
  linear,
  place,
  programCost,
  relu,
  Sgd,
  softmaxCrossEntropy,
  variableBytes,
  WeightAverage,
  type ProgramSource,
} from "../src/index.ts";
import { WholeProgram } from "../src/program.ts";
import { Layers } from "./layers.ts";

const gpu = await openTestGpu();
const [images, features, hidden, classes] = [10, 300, 33, 5];

/** A training step of two layers; the variables are placed. */
function step(): ProgramSource<string, string> {
  const layers = new Layers(gpu);
  const first = [layers.variable("first.weight", [features, hidden]), layers.variable("first.bias", [hidden])] as const;
  const second = [
    layers.variable("second.weight", [hidden, classes]),
    layers.variable("second.bias", [classes]),
  ] as const;
  const { parameters } = layers;
  const sgd = new Sgd(parameters, { momentum: 0.9 }, { average: new WeightAverage(parameters) });
  const before = gpu.allocatedBytes;
  place(gpu, sgd.variables);
  expect(variableBytes(gpu, sgd.variables)).toBe(gpu.allocatedBytes - before);
  const inputs = {
    x: batchOf(images, float32(features)),
    labels: batchOf(images, int32()),
    learningRate: float32(),
    averageWeight: float32(),
  };
  return [
    inputs,
    ({ x, labels, learningRate, averageWeight }) => {
      const loss = softmaxCrossEntropy(linear(relu(linear(x!, ...first)), ...second), labels!);
      sgd.update(grad(loss, parameters), { learningRate: learningRate!, averageWeight });
      return { loss };
    },
  ];
}

const values = {
  x: new Float32Array(images * features),
  labels: new Int32Array(images),
  learningRate: 0.1,
  averageWeight: 0.1,
};

it.each([null, 5, 4])(
  "costs before it is compiled what it then allocates and runs, at most %s at once",
  async (atOnce) => {
    const source = step();
    const before = gpu.allocatedBytes;
    const cost = programCost(gpu, source, { atOnce });
    expect(gpu.allocatedBytes).toBe(before);
    const program = await compile(gpu, ...source, { atOnce });
    expect(gpu.allocatedBytes - before).toBe(cost.memoryBytes);
    const ran: WholeProgram<string, string>[] = [];
    const run = vi.spyOn(WholeProgram.prototype, "run").mockImplementation(function (
      this: WholeProgram<string, string>,
    ) {
      ran.push(this);
      return Promise.resolve({ loss: new Float32Array(1) });
    });
    await program.run(values);
    run.mockRestore();
    expect(cost.kernels.map(({ rung }) => rung)).toEqual(
      ran.flatMap(({ kernels }) => kernels.map(({ plan }) => plan.rung)),
    );
    expect(cost.flops).toBe(ran.reduce((sum, whole) => sum + whole.explain().flops, 0));
    // A multiply-add counts two: forward, and the gradients of both weights and of one input, at the least.
    expect(cost.flops).toBeGreaterThan(2 * images * hidden * (2 * features + 3 * classes));
    program.release();
  },
);

it("takes the rungs that are forced, and needs no adapter", () => {
  const source = step();
  const adapter = { traits: baselineDevice };
  const rungs = { "linear-forward": "linear-forward/01-naive" };
  const forced = programCost(adapter, source, { rungs }).kernels.filter(({ kernel }) => kernel === "linear-forward");
  expect(forced.map(({ rung }) => rung)).toEqual(Array(2).fill(rungs["linear-forward"]));
  expect(programCost(adapter, source, { rungs }).flops).toBe(programCost(adapter, source).flops);
});
