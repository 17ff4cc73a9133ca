// Scaled losses: the scale's moves against torch.amp.GradScaler's rule, and steps that are left out.
import { random } from "@fledge/random";
import { elementCount } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  autocast,
  batchOf,
  compile,
  conv2d,
  float32,
  grad,
  int32,
  linear,
  LossScale,
  place,
  readVariables,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Variable,
  WeightAverage,
  type ParameterGroup,
  type Tensor,
} from "../src/index.ts";

const gpu = await openTestGpu();
const features = 8;
const images = 10;
const labels = Int32Array.from({ length: images }, (_, i) => (i * i) % 4);
const good = Float32Array.from({ length: images * features }, (_, i) => Math.sin(i));
/** The last example alone overflows, so that of a batch in parts only the last part does. */
const overflowing = Float32Array.from(good, (value, i) => (i < (images - 1) * features ? value : 3e38));

function parameter(name: string, ...shape: number[]): Variable {
  const draw = random(9, name);
  const contents = Float32Array.from({ length: elementCount(float32(...shape)) }, () => 0.5 * draw.normal());
  return new Variable(name, float32(...shape), "parameter", () => contents);
}

/** torch.amp.GradScaler without a device: `update` after each step. */
class GradScaler {
  scale: number;
  #tracker = 0;
  readonly #interval: number;

  constructor(scale: number, interval: number) {
    this.scale = scale;
    this.#interval = interval;
  }

  update(foundInf: boolean): void {
    if (foundInf) {
      this.scale *= 0.5;
      this.#tracker = 0;
    } else if (++this.#tracker === this.#interval) {
      this.scale *= 2;
      this.#tracker = 0;
    }
  }
}

interface Options {
  readonly lossScale?: LossScale;
  readonly groupsOf?: (parameters: readonly Variable[]) => ParameterGroup[];
  readonly atOnce?: number;
  readonly fusion?: boolean;
}

/** Two layers with equal contents in every call, and a step of theirs that the caller repeats. */
async function layers({ lossScale, groupsOf, atOnce = images, fusion = true }: Options) {
  const first = [parameter("first.weight", features, 32), parameter("first.bias", 32)] as const;
  const second = [parameter("second.weight", 32, 4), parameter("second.bias", 4)] as const;
  const parameters = [...first, ...second];
  place(gpu, parameters);
  const average = new WeightAverage(parameters);
  const options = { average, lossScale, ...(groupsOf ? { groups: groupsOf(parameters) } : {}) };
  // Without weight decay, whose sum with a gradient rounds otherwise where the gradient is a product.
  const sgd = new Sgd(parameters, { momentum: 0.9, nesterov: true }, options);
  place(gpu, sgd.variables);
  const inputs = {
    x: batchOf(images, float32(features)),
    labels: batchOf(images, int32()),
    learningRate: float32(),
    averageWeight: float32(),
  };
  const step = await compile(
    gpu,
    inputs,
    (given): Readonly<Record<string, Tensor>> => {
      const loss = softmaxCrossEntropy(linear(relu(linear(given.x, ...first)), ...second), given.labels);
      sgd.update(grad(loss, parameters, lossScale?.scale), given);
      return { loss, ...(lossScale && { scale: lossScale.scale, skipped: lossScale.skipped }) };
    },
    { atOnce, fusion },
  );
  const kept = [...parameters, ...sgd.momentumBuffers, sgd.stepCount, ...average.averages];
  return {
    step,
    state: () => readVariables(gpu, kept),
    run: async (x: Float32Array) => {
      const results = await step.run({ x, labels, learningRate: 0.1, averageWeight: 0.25 });
      return { scale: results["scale"]?.[0], skipped: results["skipped"]?.[0] };
    },
  };
}

const byShape = (parameters: readonly Variable[]): ParameterGroup[] => [
  { parameters: parameters.filter(({ shape }) => shape.length > 1) },
  { parameters: parameters.filter(({ shape }) => shape.length === 1), rateMultiplier: 2 },
];

describe.each([
  ["a whole batch", {}],
  ["a batch in parts", { atOnce: 4 }],
  ["groups", { groupsOf: byShape }],
  ["groups, a batch in parts", { groupsOf: byShape, atOnce: 4 }],
  ["without fusion", { fusion: false }],
] satisfies [string, Options][])("a scaled loss, %s", (_name, options) => {
  it("trains as without, bit for bit, but for the steps that overflow, which move nothing", async () => {
    const plain = await layers(options);
    const scaled = await layers({ ...options, lossScale: new LossScale({ growthInterval: 3 }) });
    const reference = new GradScaler(65536, 3);
    // The first step among them: its momentum must begin at the second.
    const overflows = [true, false, false, false, true, true, false, false, true, false, false, false, false];
    for (const overflow of overflows) {
      const before = await scaled.state();
      const { scale, skipped } = await scaled.run(overflow ? overflowing : good);
      reference.update(overflow);
      expect({ scale, skipped }).toEqual({ scale: reference.scale, skipped: Number(overflow) });
      if (!overflow) await plain.run(good);
      expect(await scaled.state()).toEqual(overflow ? before : await plain.state());
    }
  });
});

it("the loss and its gradient stay one kernel, and the gradients are looked through in one run", async () => {
  const { step } = await layers({ lossScale: new LossScale() });
  const kernels = step.kernels.map(({ plan }) => plan.kernel);
  expect(kernels).toContain("softmax-cross-entropy-with-gradient");
  expect(kernels.filter((kernel) => kernel === "sgd-check-finite")).toHaveLength(1);
  expect(kernels.filter((kernel) => kernel === "sgd-update-scaled")).toHaveLength(1);
  expect(kernels).not.toContain("sgd-update");
  expect(kernels).not.toContain("sgd-advance");
});

it("groups are looked through in as many runs as there are groups", async () => {
  const { step } = await layers({ lossScale: new LossScale(), groupsOf: byShape });
  expect(step.kernels.filter(({ plan }) => plan.kernel === "sgd-check-finite")).toHaveLength(2);
});

it("gradients that f16 cannot hold survive by the scale", async () => {
  const x = Float32Array.from({ length: 4 * 4 * 8 }, (_, i) => 1 + (i % 3));
  /** The gradient of the input, to which a loss of a size hands down its own. */
  const gradientOf = async (size: number, scale: number): Promise<ArrayLike<number>> => {
    const weight = parameter("survives", 1, 1, 8, 8);
    place(gpu, [weight]);
    const program = await compile(gpu, { x: float32(1, 4, 4, 8), dOut: float32(1, 4, 4, 8) }, ({ x: given, dOut }) => {
      const out = autocast("f16", () => conv2d(given, weight));
      return { dX: grad(out, [given], dOut)[0]! };
    });
    const dOut = new Float32Array(4 * 4 * 8).fill(size * scale);
    const { dX } = await program.run({ x, dOut });
    return Array.from(dX, (value) => value / scale / size);
  };
  const expected = await gradientOf(1, 1);
  expect(Math.max(...Array.from(expected, Math.abs))).toBeGreaterThan(0.1);
  expect(Array.from(await gradientOf(2 ** -26, 1)).every((value) => value === 0)).toBe(true);
  // Stored as f16 they are multiples of 2^-24, which is 2^-14 of those that the scale lifts to 2^-10.
  const survived = await gradientOf(2 ** -26, 65536);
  const off = Array.from(survived, (value, i) => Math.abs(value - expected[i]!));
  expect(Math.max(...off)).toBeLessThanOrEqual(2 ** -14);
});

it("what autocast asks for holds within it alone, and for gradients of what was computed in it", async () => {
  const weight = parameter("cast", 1, 1, 8, 8);
  place(gpu, [weight]);
  const program = await compile(gpu, { x: float32(1, 4, 4, 8), dOut: float32(1, 4, 4, 8) }, ({ x, dOut }) => {
    const inner = autocast("f16", () => autocast("f32", () => conv2d(x, weight)));
    const out = autocast("f16", () => conv2d(inner, weight));
    return { out: conv2d(out, weight), dWeight: grad(out, [weight], dOut)[0]! };
  });
  const rungs = program.kernels.map(({ plan }) => [plan.kernel, plan.rung.endsWith("-f16")]);
  expect(rungs.filter(([kernel]) => kernel === "conv2d-forward").map(([, half]) => half)).toEqual([false, true, false]);
  expect(rungs.filter(([kernel]) => kernel === "conv2d-grad-weight").map(([, half]) => half)).toEqual([true, false]);
});

it.each([
  [{ initialScale: 0 }, "initialScale is 0"],
  [{ growthFactor: 0.5 }, "growthFactor is 0.5"],
  [{ backoffFactor: 2 }, "backoffFactor is 2"],
  [{ growthInterval: 1.5 }, "growthInterval is 1.5"],
])("refuses %o", (options, message) => {
  expect(() => new LossScale(options)).toThrow(message);
});
