import { recipeTensor, relativeError, type GoldenCase } from "@fledge/golden-cases";
import { resnet } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { Comparison } from "../compare.ts";
import type { CaseRunner } from "../context.ts";
import { architecture, trainCase, type TrainedCase, type TrainingCase } from "./network.ts";

const tensor = { name: z.string(), shape: z.array(z.int()) };

const attributesSchema = z.object({
  ...architecture,
  blocks: z.array(z.int()),
  classes: z.int(),
  recipe_seed: z.int(),
  projection_ordinal_base: z.int(),
  running_mean: z.number(),
  running_var: z.number(),
  label_smoothing: z.number(),
  parameters: z.array(
    z.union([
      z.object({ ...tensor, stored: z.string() }),
      z.object({ ...tensor, ordinal: z.int(), offset: z.number(), bound: z.number() }),
    ]),
  ),
});

type Attributes = z.infer<typeof attributesSchema>;

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function parameterOf(
  golden: GoldenCase,
  { recipe_seed: seed }: Attributes,
  parameter: Attributes["parameters"][number],
): StoredTensor {
  const { shape } = parameter;
  if ("stored" in parameter) return { shape, data: golden.float32(parameter.stored) };
  return { shape, data: recipeTensor(seed, parameter, count(shape)) };
}

/** One step that moves nothing: logits, loss and gradients of the weights as they are. */
const onePass = { learningRate: 0, momentum: 0, weightDecay: 0, steps: 1 };

/** ResNet-50 with weights by recipe, and one step. */
export function recipeCase(golden: GoldenCase): TrainingCase {
  const attributes = golden.attributesAs(attributesSchema);
  const { blocks, classes, parameters, label_smoothing: labelSmoothing } = attributes;
  const network = resnet({ block: "bottleneck", stemChannels: 64, planes: [64, 128, 256, 512], blocks, classes });
  const state = new Map(parameters.map((parameter) => [parameter.name, parameterOf(golden, attributes, parameter)]));
  for (const { name, shape, role } of network.variables) {
    if (role !== "statistic") continue;
    const value = name.endsWith("running_mean") ? attributes.running_mean : attributes.running_var;
    state.set(name, { shape, data: new Float32Array(count(shape)).fill(value) });
  }
  return { network, state, labelSmoothing, optimiser: onePass };
}

/** What the case keeps of each parameter's gradient: its norm, a projection and some elements. */
export function keptOfGradients(golden: GoldenCase, gradients: TrainedCase["gradients"]): Map<string, StoredTensor> {
  const attributes = golden.attributesAs(attributesSchema);
  const { parameters } = attributes;
  const rows = parameters.length;
  const norm = new Float32Array(rows);
  const projection = new Float32Array(rows);
  const sample = new Float32Array(rows * 8);
  const sampleIndex = golden.int32("sample_index");
  parameters.forEach(({ name }, p) => {
    const gradient = gradients.get(name)!.data as Float32Array;
    const recipe = { ordinal: attributes.projection_ordinal_base + p, offset: 0, bound: 1 };
    const direction = recipeTensor(attributes.recipe_seed, recipe, gradient.length);
    let squares = 0;
    let along = 0;
    gradient.forEach((value, i) => {
      squares += value * value;
      along += value * direction[i]!;
    });
    norm[p] = Math.sqrt(squares);
    projection[p] = along;
    for (let i = 0; i < 8; i++) sample[p * 8 + i] = gradient[sampleIndex[p * 8 + i]!]!;
  });
  return new Map([
    ["grad_norm", { shape: [rows], data: norm }],
    ["grad_projection", { shape: [rows], data: projection }],
    ["grad_sample", { shape: [rows, 8], data: sample }],
  ]);
}

/** Logits, loss, and what the case keeps of every gradient, then logits in eval mode. */
export const runRecipeNetwork: CaseRunner = async (golden, context) => {
  const trained = await trainCase(golden, context, recipeCase(golden));
  return new Map<string, StoredTensor>([
    ["logits", trained.logits],
    ["loss", { shape: [], data: Float32Array.of(trained.losses[0]!) }],
    ...keptOfGradients(golden, trained.gradients),
    ["eval_logits", trained.evalLogits],
  ]);
};

/** The `grad_*` outputs are compared row by row, one row a parameter, the largest error counting; null for the others. */
export function compareRows(golden: GoldenCase, name: string, out: StoredTensor): Comparison | null {
  if (!name.startsWith("grad_")) return null;
  const norms = golden.float32("grad_norm");
  const width = golden.float32(name).length / norms.length;
  const rowOf = (values: Float32Array, p: number): Float32Array => values.subarray(p * width, (p + 1) * width);
  let error = 0;
  norms.forEach((norm, p) => {
    const [own, ref] = [rowOf(out.data as Float32Array, p), rowOf(golden.float32(name), p)];
    const rowError =
      name === "grad_sample"
        ? relativeError(own, ref, golden.float32("grad_sample_floor")[p])
        : Math.abs(own[0]! - ref[0]!) / norm;
    // Math.max keeps a NaN, which then fails.
    error = Math.max(error, rowError);
  });
  return { tensor: name, error, tolerance: golden.toleranceOf(name) };
}
