import {
  batchNorm,
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  normalisePixels,
  place,
  release,
  relu,
  softmaxCrossEntropy,
  Variable,
  type BatchNormVariables,
} from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { fromTorch, loadStateDict, resnet } from "@fledge/resnet";
import { toNchw, toNhwc } from "@fledge/safetensors";
import { Attacker, fgsm, pgd, startAt, type AttackTarget } from "@fledge/training";
import { z } from "zod";
import type { CaseRunner, ConformanceContext, Dense } from "../context.ts";
import { architecture } from "./network.ts";

const triple = z.tuple([z.number(), z.number(), z.number()]);

const attackSchema = z.object({
  epsilon: z.number(),
  steps: z.int().min(1),
  step_size: z.number(),
  mean: triple,
  std: triple,
  epsilon_bn: z.number(),
  classes: z.int(),
  labels: z.enum(["given", "predicted"]),
});

const prefix = "state/";

/** The variables of a case's network, by their names without `state/`. */
function stateOf(golden: GoldenCase): Record<string, Variable> {
  const named = golden.inputs
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const { shape, data } = fromTorch(golden.float32(name), golden.shape(name));
      return [name.slice(prefix.length), new Variable(name, { shape, dtype: "f32" }, "parameter", () => data)] as const;
    });
  return Object.fromEntries(named);
}

/** Two convolutions with frozen BatchNorm, the mean over the picture, and a linear layer. */
function tinyNetwork(state: Readonly<Record<string, Variable>>, epsilon: number): AttackTarget["logitsOf"] {
  const norm = (name: string): BatchNormVariables => ({
    weight: state[`${name}.weight`]!,
    bias: state[`${name}.bias`]!,
    runningMean: state[`${name}.running_mean`]!,
    runningVariance: state[`${name}.running_var`]!,
  });
  const frozen = { mode: "eval", epsilon } as const;
  return (images) => {
    const a = relu(batchNorm(conv2d(images, state["conv1.weight"]!, { padding: 1 }), norm("bn1"), frozen));
    const b = relu(batchNorm(conv2d(a, state["conv2.weight"]!, { stride: 2, padding: 1 }), norm("bn2"), frozen));
    return linear(globalAveragePool(b), state["fc.weight"]!, state["fc.bias"]!);
  };
}

/** The first of the largest logits of each row. */
const predicted = (logits: Float32Array, classes: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: logits.length / classes }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(own.reduce((most, value) => Math.max(most, value), -Infinity));
  });

/** FGSM and PGD as `fledge robustness` runs them: the images after one step and after all, and the loss on the way. */
export const runAttack: CaseRunner = async (golden, { gpu, rungs }) => {
  const attributes = golden.attributesAs(attackSchema);
  const { epsilon, steps, step_size: stepSize, mean, std, classes } = attributes;
  const shape = golden.shape("images");
  const [N, , height, width] = shape as [number, number, number, number];
  const images = toNhwc(golden.float32("images"), shape).data;
  const state = stateOf(golden);
  place(gpu, Object.values(state));
  const logitsOf = tinyNetwork(state, attributes.epsilon_bn);
  const attacker = new Attacker(
    { gpu, logitsOf, height, width, classes, statistics: { mean, std }, options: { rungs } },
    N,
  );
  try {
    const given = attributes.labels === "given";
    const labels = given ? golden.int32("labels") : predicted(await attacker.query(images), classes);
    const noise = golden.inputs.includes("start_noise")
      ? toNhwc(golden.float32("start_noise"), golden.shape("start_noise")).data
      : new Float32Array(images.length);
    const start = startAt(images, noise);
    const rows = { images, labels };
    const ends = async (count: number) =>
      golden.op === "fgsm"
        ? fgsm(attacker, rows, epsilon)
        : pgd(attacker, rows, { epsilon, stepSize, steps: count, start });
    const first = await ends(1);
    const last = await ends(steps);
    const { gradient } = await (await attackerStart(attacker, rows, start)).read("gradient");
    const losses = last.losses.map((row) => row.reduce((sum, loss) => sum + loss, 0) / N);
    const computed = new Map<
      string,
      { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> }
    >([
      ["adversarial", toNchw(last.points, [N, height, width, 3])],
      ["adversarial_1", toNchw(first.points, [N, height, width, 3])],
      ["gradient_1", toNchw(gradient, [N, height, width, 3])],
      ["losses", { shape: [steps + 1], data: Float32Array.from(losses) }],
    ]);
    if (!given) computed.set("labels", { shape: [N], data: labels });
    return computed;
  } finally {
    await attacker.release();
    release(gpu, Object.values(state));
  }
};

/** The attack's state where it begins. */
async function attackerStart(
  attacker: Attacker,
  rows: { readonly images: Float32Array<ArrayBuffer>; readonly labels: Int32Array },
  start: Float32Array<ArrayBuffer>,
): ReturnType<Attacker["ascent"]> {
  await pgd(attacker, rows, { epsilon: 1, stepSize: 0, steps: 0, start });
  return attacker.ascent("cross-entropy");
}

const narrowSchema = z.object({
  ...architecture,
  stem_channels: z.int(),
  planes: z.array(z.int()),
  blocks: z.array(z.int()),
  classes: z.int(),
  mean: triple.optional(),
  std: triple.optional(),
});

/** A network with a case's weights, while `body` runs. */
async function withNarrowNetwork<T>(
  golden: GoldenCase,
  { gpu }: ConformanceContext,
  body: (network: ReturnType<typeof resnet>) => Promise<T>,
): Promise<T> {
  const { stem_channels: stemChannels, planes, blocks, classes } = golden.attributesAs(narrowSchema);
  const network = resnet({ block: "bottleneck", stemChannels, planes, blocks, classes });
  const state = [...golden.tensors].filter(([name]) => name.startsWith(prefix));
  place(gpu, network.variables);
  try {
    loadStateDict(
      gpu,
      network,
      new Map(state.map(([name, tensor]) => [name.slice(prefix.length), tensor])),
      golden.name,
    );
    return await body(network);
  } finally {
    release(gpu, network.variables);
  }
}

/** A ResNet in eval mode and the gradient of its loss with respect to its images, normalised ones or pixels. */
export const runInputGradient: CaseRunner = (golden, context) =>
  withNarrowNetwork(golden, context, async (network) => {
    const { mean, std, classes } = golden.attributesAs(narrowSchema);
    const shape = golden.shape("images");
    const [N, , height, width] = shape as [number, number, number, number];
    const program = await compile(
      context.gpu,
      { images: float32(N, height, width, 3), labels: int32(N) },
      ({ images, labels }) => {
        const normalised = mean && std ? normalisePixels(images, { mean, std }) : images;
        const logits = network(normalised, { mode: "eval" });
        const loss = softmaxCrossEntropy(logits, labels);
        return { logits, loss, gradient: grad(loss, [images])[0]! };
      },
      { rungs: context.rungs },
    );
    const images = toNhwc(golden.float32("images"), shape).data;
    const result = await program.run({ images, labels: golden.int32("labels") });
    program.release();
    const dense = (name: keyof typeof result, size: readonly number[]): Dense => ({
      shape: size,
      data: result[name] as Float32Array<ArrayBuffer>,
    });
    return new Map([
      ["logits", dense("logits", [N, classes])],
      ["loss", dense("loss", [])],
      [golden.gradients["images"] ?? "grad/images", toNchw(dense("gradient", []).data, [N, height, width, 3])],
    ]);
  });
