// Activations in memory as f16: which tensors are, what casts them, and that every rung can store them so.
import * as batchnorm from "@fledge/batchnorm";
import * as conv from "@fledge/conv2d";
import * as noise from "@fledge/dropout";
import * as elementwise from "@fledge/elementwise";
import * as input from "@fledge/input";
import * as pooling from "@fledge/pooling";
import { planKernel, traitsFor, whyUnsupported, type DeviceTraits, type Kernel } from "@fledge/runtime";
import { nullAdapter } from "@fledge/runtime/src/adapter/instance.ts";
import { openTestGpu } from "@fledge/testing";
import { afterAll, describe, expect, it } from "vitest";
import { operandsText } from "../src/explained.ts";
import {
  add,
  autocast,
  batchNorm,
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  maxPool2d,
  place,
  programCost,
  relu,
  release,
  Variable,
} from "../src/index.ts";

const gpu = await openTestGpu();
const activation = { N: 2, H: 6, W: 8, C: 16 };
const pooled = { N: 2, IH: 6, IW: 8, C: 16, kernel: 3, stride: 2, padding: 1 };
const product = { N: 2, IH: 6, IW: 8, IC: 16, OC: 32, KH: 3, KW: 3, stride: 1, padding: 1 };
const norm = { ...activation, epsilon: 1e-5, relu: true, residual: true, frozen: false, momentum: 0.1 };
const flat = { count: 64, factor: 1, N: 2, size: 32, survival: 0.5, relu: true };
const image = { N: 2, IH: 8, IW: 8, OH: 6, OW: 6, H: 6, W: 6, C: 3, mean: [0, 0, 0], std: [1, 1, 1] };
/** Kernels that touch activations, each with a shape. */
const kernels: readonly (readonly [kernel: unknown, shape: object])[] = [
  [conv.conv2dForward, product],
  [conv.conv2dGradInput, product],
  [conv.conv2dGradWeight, product],
  [batchnorm.batchnormStatistics, norm],
  [batchnorm.batchnormApply, norm],
  [batchnorm.batchnormBackward, norm],
  [pooling.maxPool2dForward, pooled],
  [pooling.maxPool2dBackward, pooled],
  [pooling.globalAveragePoolForward, activation],
  [pooling.globalAveragePoolBackward, activation],
  [elementwise.relu, flat],
  [elementwise.reluBackward, flat],
  [elementwise.add, flat],
  [noise.dropPathForward, flat],
  [noise.dropPathBackward, flat],
  [input.normaliseImages, image],
  [input.mixImages, { N: 2, H: 6, W: 6, C: 3 }],
];

describe("every rung can store activations as f16, and Dawn takes what becomes of it", async () => {
  const adapter = await nullAdapter();
  const device = await adapter.requestDevice({
    requiredFeatures: ["subgroups", "shader-f16", "chromium-experimental-subgroup-matrix" as GPUFeatureName],
  });
  afterAll(() => device.destroy());
  const able: DeviceTraits = traitsFor("matrix", { ...gpu.traits, subgroupSize: 32 });
  it.each(
    kernels.map(([kernel, shape]) => [(kernel as Kernel<object>).name, kernel as Kernel<object>, shape] as const),
  )("%s", async (_, kernel, shape) => {
    const stored = { ...shape, storage: "f16" };
    const rungs = kernel.rungs.filter((rung) => whyUnsupported(rung, stored, able) === null);
    expect(rungs.length).toBeGreaterThan(0);
    for (const { id } of rungs) {
      const plan = planKernel(kernel, stored, { device: able, rung: id });
      expect(plan.features).toContain("shader-f16");
      expect(plan.leastBytes).toBeLessThan(planKernel(kernel, shape, { device: able, rung: id }).leastBytes);
      for (const { wgsl } of plan.dispatches) {
        const { messages } = await device.createShaderModule({ code: wgsl }).getCompilationInfo();
        expect(messages.map(({ lineNum, message }) => `${id}:${lineNum} ${message}`)).toEqual([]);
      }
    }
  });
});

/** A small residual network of a stem and a block: images [2,8,8,3] to the sum of its features. */
const [weightOf, normOf] = [
  (name: string, shape: number[]) =>
    new Variable(name, { shape, dtype: "f32" }, "parameter", () => {
      const size = shape.reduce((product, length) => product * length, 1);
      return Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + shape[3]!) / 4);
    }),
  (name: string) => {
    const of = (part: string, role: "parameter" | "statistic", value: number): Variable =>
      new Variable(`${name}.${part}`, float32(8), role, () => new Float32Array(8).fill(value));
    return {
      weight: of("weight", "parameter", 1),
      bias: of("bias", "parameter", 0.1),
      runningMean: of("running_mean", "statistic", 0),
      runningVariance: of("running_var", "statistic", 1),
    };
  },
];
const stem = weightOf("stem", [3, 3, 3, 8]);
const inner = weightOf("inner", [3, 3, 8, 8]);
const norms = [normOf("a"), normOf("b")] as const;
const variables = [stem, inner, ...norms.flatMap((one) => Object.values(one))];
const inputs = { images: float32(2, 8, 8, 3), upstream: float32(2, 8) };

const step = (precision: "f32" | "f16") =>
  [
    inputs,
    ({ images, upstream }: Readonly<Record<"images" | "upstream", Parameters<typeof relu>[0]>>) => {
      const { features, pool } = autocast(precision, () => {
        const first = relu(batchNorm(conv2d(images, stem, { padding: 1 }), norms[0], { mode: "train" }));
        const x = maxPool2d(first, { kernel: 3, stride: 2, padding: 1 });
        const y = relu(add(batchNorm(conv2d(x, inner, { padding: 1 }), norms[1], { mode: "train" }), x));
        return { features: globalAveragePool(y), pool: x };
      });
      const [dStem, dInner, dBias] = grad(features, [stem, inner, norms[0].bias], upstream);
      return { features, pool, dStem: dStem!, dInner: dInner!, dBias: dBias! };
    },
  ] as const;

describe("a step below f32", () => {
  const images = Float32Array.from({ length: 384 }, (_, i) => Math.sin(i * i));
  const upstream = Float32Array.from({ length: 16 }, (_, i) => Math.cos(i * 3));

  async function run(precision: "f32" | "f16") {
    place(gpu, variables);
    const program = await compile(gpu, ...step(precision));
    const results = await program.run({ images, upstream });
    const { kernels } = program.explain();
    program.release();
    release(gpu, variables);
    return { results, kernels };
  }

  it("has every activation and gradient of one in f16, weights and statistics in f32, and says so", async () => {
    const { kernels } = await run("f16");
    // The image that is given, and the pooled activation that is read back: no others change their type.
    expect(kernels.filter(({ kernel }) => kernel === "cast")).toHaveLength(2);
    for (const { kernel, operands } of kernels) {
      if (kernel === "cast") continue;
      const tensors = operandsText({ operands });
      const kept =
        kernel === "global-average-pool-forward" ? "out" : kernel === "global-average-pool-backward" ? "dOut" : "";
      const single = [...tensors.matchAll(/(?<!:)\b(?:x|out|dOut|dX|residual|dResidual|images)(?=\[)/g)];
      expect([kernel, single.filter(([name]) => name !== kept).join(" ")]).toEqual([kernel, ""]);
    }
    expect(kernels.map(operandsText).join(" ")).toMatch(/weight\[.*mean\[.*dWeight\[/);
    // What stores halves and does not round its operands to them computes in f32: the stem, of three channels.
    const products = kernels.filter(({ kernel }) => kernel === "conv2d-forward").map(({ precision }) => precision);
    expect(products).toEqual(["f32", "f16", "f16"].slice(0, products.length));
    expect(kernels.find(({ kernel }) => kernel === "batchnorm-apply")!.precision).toBe("f32");
    const single = await run("f32");
    expect(single.kernels.some((kernel) => operandsText(kernel).includes("f16"))).toBe(false);
    expect(single.kernels.some(({ kernel }) => kernel === "cast")).toBe(false);
  });

  it("computes what f32 does but for the roundings", async () => {
    const [single, half] = [(await run("f32")).results, (await run("f16")).results];
    for (const name of ["features", "pool", "dStem", "dInner", "dBias"] as const) {
      const [a, b] = [single[name], half[name]];
      const apart = Math.hypot(...Array.from(a, (value, i) => value - b[i]!)) / Math.hypot(...Array.from(a));
      expect(apart, name).toBeGreaterThan(0);
      // Some ten roundings to 11 bits follow one another; of gradients a ReLU on another side may make more.
      expect(apart, name).toBeLessThan(name.startsWith("d") ? 2 ** -5 : 2 ** -8);
    }
  });

  it("takes about half the memory of f32", () => {
    const bytes = (precision: "f32" | "f16"): number => {
      const { kernels } = programCost({ traits: gpu.traits }, step(precision) as never);
      return kernels
        .filter(({ kernel }) => /^(batchnorm|max-pool)/.test(kernel))
        .reduce((sum, { leastBytes }) => sum + leastBytes, 0);
    };
    expect(bytes("f16") / bytes("f32")).toBeLessThan(0.65);
  });
});
