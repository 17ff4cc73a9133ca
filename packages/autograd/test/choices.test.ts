import { chosenRung, type Choices, type KernelUse } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  kernelUses,
  linear,
  place,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Variable,
  type CompileOptions,
  type ProgramSource,
} from "../src/index.ts";
import { Layers } from "./layers.ts";

const gpu = await openTestGpu();
const layers = new Layers(gpu);
const [first, second] = [layers.variable("first", [3, 3, 4, 4]), layers.variable("second", [3, 3, 4, 8])];
// Placed together, so that their updates join, while the convolutions' weights lie apart.
const head = [float32(8, 3), float32(3)].map(
  (spec, index) =>
    new Variable(`head ${index}`, spec, "parameter", () => new Float32Array(spec.shape.reduce((a, b) => a * b))),
) as [Variable, Variable];
place(gpu, head);

/** Two convolutions of different shape, a head, an SGD step. */
function sourceOf(parameters: readonly [Variable, Variable, Variable, Variable]) {
  const [inner, outer, weight, bias] = parameters;
  const sgd = new Sgd(parameters, { momentum: 0.9 });
  const source: ProgramSource<"x" | "labels" | "learningRate", "loss"> = [
    { x: float32(2, 4, 4, 4), labels: int32(2), learningRate: float32() },
    ({ x, labels, learningRate }) => {
      const features = conv2d(relu(conv2d(x, inner, { padding: 1 })), outer, { stride: 2, padding: 1 });
      const loss = softmaxCrossEntropy(linear(globalAveragePool(features), weight, bias), labels);
      sgd.update(grad(loss, parameters), { learningRate });
      return { loss };
    },
  ];
  return { sgd, source };
}
const { sgd, source } = sourceOf([first, second, ...head]);
place(gpu, sgd.variables);

const uses = kernelUses(gpu, source);
const firstConvolution = uses.find(({ kernel }) => kernel.name === "conv2d-forward")!;
/** The plainest rung: never the default. */
const naive = firstConvolution.kernel.rungs[0]!.id;
const choices: Choices = {
  "conv2d-forward": {
    '{"IC":4,"IH":4,"IW":4,"KH":3,"KW":3,"N":2,"OC":4,"padding":1,"stride":1}': { rung: naive },
    '{"IC":4,"IH":9,"IW":9,"KH":3,"KW":3,"N":2,"OC":4,"padding":1,"stride":1}': {
      rung: "conv2d-forward/of another program",
    },
  },
};

const inWords = (all: readonly KernelUse[]): unknown[] =>
  all.map(({ kernel, shape }) => [kernel.name, kernel.tensors(shape)]);

it("kernelUses lists what the program runs, in order, and builds nothing", async () => {
  const before = [gpu.pipelineCount, gpu.allocatedBytes];
  kernelUses(gpu, source);
  expect([gpu.pipelineCount, gpu.allocatedBytes]).toEqual(before);
  const { kernels } = await compile(gpu, ...source);
  expect(uses.filter(({ kernel }) => kernel.name === "sgd-update").length).toBeGreaterThan(1);
  expect(inWords(uses)).toEqual(kernels.map(({ plan }) => [plan.kernel, plan.tensors]));
});

it("kernelUses lists it before variables are placed, as if those of a kind were placed together", async () => {
  const unplaced = [first, second, ...head].map((v) => new Variable(`${v.name}, to be placed`, v, v.role, v.initial));
  const later = sourceOf(unplaced as [Variable, Variable, Variable, Variable]);
  const listed = kernelUses(gpu, later.source);
  place(gpu, unplaced);
  place(gpu, later.sgd.variables);
  const { kernels } = await compile(gpu, ...later.source);
  expect(inWords(listed)).toEqual(kernels.map(({ plan }) => [plan.kernel, plan.tensors]));
  expect(listed.filter(({ kernel }) => kernel.name === "sgd-update").length).toBe(1);
});

describe("a choice", () => {
  const rungs = async (options: CompileOptions = {}): Promise<string[][]> => {
    const program = await compile(gpu, ...source, options);
    return program
      .explain()
      .kernels.filter(({ kernel }) => kernel === "conv2d-forward")
      .map(({ rung, choice }) => [rung, choice]);
  };

  it("holds for its kernel and shape, and explain tells it from a default", async () => {
    expect(chosenRung(choices, firstConvolution)).toEqual({ rung: naive });
    const defaultOfSecond = (await rungs())[1]![0]!;
    expect(defaultOfSecond).not.toBe(naive);
    expect(await rungs({ choices })).toEqual([
      [naive, "tuned"],
      [defaultOfSecond, "default"],
    ]);
  });

  it("gives way to a forced rung", async () => {
    const forced = (await rungs())[1]![0]!;
    expect(await rungs({ choices, rungs: { "conv2d-forward": forced } })).toEqual([
      [forced, "forced"],
      [forced, "forced"],
    ]);
  });

  it("of a rung that is not there is refused", async () => {
    const [shape] = Object.keys(choices["conv2d-forward"]!) as [string];
    const gone: Choices = { "conv2d-forward": { [shape]: { rung: "conv2d-forward/99-gone" } } };
    await expect(compile(gpu, ...source, { choices: gone })).rejects.toThrow(
      'conv2d-forward has no rung "conv2d-forward/99-gone"',
    );
  });
});
