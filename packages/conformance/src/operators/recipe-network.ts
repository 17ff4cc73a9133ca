import { resnet } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { ConformanceCase } from "../case.ts";
import type { Comparison } from "../compare.ts";
import { relativeError } from "../compare.ts";
import type { CaseRunner } from "../context.ts";
import { recipeValue } from "../recipe.ts";
import { architecture, trainCase } from "./network.ts";

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
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      stored: z.string().optional(),
      ordinal: z.int().optional(),
      offset: z.number().optional(),
      bound: z.number().optional(),
    }),
  ),
});

type Attributes = z.infer<typeof attributesSchema>;

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function parameterOf(
  golden: ConformanceCase,
  { recipe_seed: seed }: Attributes,
  parameter: Attributes["parameters"][number],
): StoredTensor {
  const { shape, stored, ordinal = 0, offset = 0, bound = 0 } = parameter;
  if (stored !== undefined) return { shape, data: golden.float32(stored).data };
  return {
    shape,
    data: Float32Array.from({ length: count(shape) }, (_, i) => recipeValue(seed, { ordinal, offset, bound }, i)),
  };
}

/** One step that moves nothing: logits, loss and gradients of the weights as they are. */
const onePass = { learningRate: 0, momentum: 0, weightDecay: 0, steps: 1 };

/** ResNet-50 with weights by recipe: logits, loss, and what the case keeps of every gradient, then logits in eval mode. */
export const runRecipeNetwork: CaseRunner = async (golden, context) => {
  const attributes = golden.attributes(attributesSchema);
  const { blocks, classes, parameters, label_smoothing: labelSmoothing } = attributes;
  const network = resnet({ block: "bottleneck", stemChannels: 64, planes: [64, 128, 256, 512], blocks, classes });
  const state = new Map(parameters.map((parameter) => [parameter.name, parameterOf(golden, attributes, parameter)]));
  for (const { name, shape, role } of network.variables) {
    if (role !== "statistic") continue;
    const value = name.endsWith("running_mean") ? attributes.running_mean : attributes.running_var;
    state.set(name, { shape, data: new Float32Array(count(shape)).fill(value) });
  }
  const trained = await trainCase(golden, context, { network, state, labelSmoothing, optimiser: onePass });
  const rows = parameters.length;
  const norm = new Float32Array(rows);
  const projection = new Float32Array(rows);
  const sample = new Float32Array(rows * 8);
  const sampleIndex = golden.int32("sample_index").data;
  parameters.forEach(({ name }, p) => {
    const gradient = trained.gradients.get(name)!.data as Float32Array;
    const recipe = { ordinal: attributes.projection_ordinal_base + p, offset: 0, bound: 1 };
    let squares = 0;
    let along = 0;
    gradient.forEach((value, i) => {
      squares += value * value;
      along += value * recipeValue(attributes.recipe_seed, recipe, i);
    });
    norm[p] = Math.sqrt(squares);
    projection[p] = along;
    for (let i = 0; i < 8; i++) sample[p * 8 + i] = gradient[sampleIndex[p * 8 + i]!]!;
  });
  return new Map<string, StoredTensor>([
    ["logits", trained.logits],
    ["loss", { shape: [], data: Float32Array.of(trained.losses[0]!) }],
    ["grad_norm", { shape: [rows], data: norm }],
    ["grad_projection", { shape: [rows], data: projection }],
    ["grad_sample", { shape: [rows, 8], data: sample }],
    ["eval_logits", trained.evalLogits],
  ]);
};

/** The `grad_*` outputs are compared row by row, one row a parameter, the largest error counting; null for the others. */
export function compareRows(golden: ConformanceCase, name: string, out: StoredTensor): Comparison | null {
  if (!name.startsWith("grad_")) return null;
  const ref = golden.float32(name).data;
  const norms = golden.float32("grad_norm").data;
  const values = out.data as Float32Array;
  const width = ref.length / norms.length;
  let error = 0;
  for (let p = 0; p < norms.length; p++) {
    const floor = name === "grad_sample" ? golden.float32("grad_sample_floor").data[p]! : norms[p]!;
    const own =
      name === "grad_sample"
        ? relativeError(values, ref, floor, p * width, (p + 1) * width)
        : Math.abs(values[p]! - ref[p]!) / floor;
    // Math.max keeps a NaN, which then fails.
    error = Math.max(error, own);
  }
  return { tensor: name, error, tolerance: golden.toleranceOf(name) };
}
