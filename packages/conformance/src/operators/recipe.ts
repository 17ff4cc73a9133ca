import {
  compile,
  float32,
  place,
  readVariables,
  release,
  Sgd,
  Variable,
  WeightAverage,
  writeVariables,
  type ParameterGroup,
  type Tensor,
} from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { averageDecay, averageWeight, cosineLr } from "@fledge/training";
import { z } from "zod";
import type { CaseRunner, Dense } from "../context.ts";

const variableOf = (golden: GoldenCase, name: string, tensor: string): Variable =>
  new Variable(name, { shape: golden.shape(tensor), dtype: "f32" }, "parameter", () => golden.float32(tensor));

/** Cosine with warm-up, by epoch or by step: the rate at each. */
export const runCosineLr: CaseRunner = async (golden) => {
  const { warmup_start: warmupStart, ...options } = golden.attributesAs(
    z.object({
      rule: z.enum(["after_warmup", "over_all"]),
      peak: z.number(),
      final: z.number(),
      warmup: z.int(),
      total: z.int(),
      warmup_start: z.number(),
    }),
  );
  const rate = cosineLr({ ...options, warmupStart });
  const data = Float32Array.from({ length: options.total }, (_, at) => rate(at));
  return new Map([["learning_rates", { shape: [options.total], data }]]);
};

/** An average of a parameter that is set to another value before each step, as an optimiser's update averages it. */
export const runEma: CaseRunner = async (golden, { gpu, rungs }) => {
  const {
    rule,
    decay,
    steps,
    first_update: firstUpdate,
  } = golden.attributesAs(
    z.object({
      rule: z.enum(["constant", "tf_num_updates", "bias_corrected"]),
      decay: z.number(),
      steps: z.int(),
      first_update: z.int().optional(),
    }),
  );
  const options = { rule, decay, ...(firstUpdate === undefined ? {} : { firstUpdate }) };
  const shape = golden.shape("initial");
  const value = variableOf(golden, "value", "initial");
  const average = new WeightAverage([value]);
  const sgd = new Sgd([value], {}, { average });
  const variables = [value, ...sgd.variables];
  place(gpu, variables);
  try {
    const inputs = { gradient: float32(...shape), learningRate: float32(), averageWeight: float32() };
    const body = ({ gradient, ...rates }: Record<keyof typeof inputs, Tensor>) => {
      sgd.update([gradient], rates);
      return {};
    };
    const program = await compile(gpu, inputs, body, { rungs });
    const computed = new Map<string, Dense>();
    for (let k = 1; k <= steps; k++) {
      writeVariables(gpu, [value], new Map([["value", golden.float32(`value_${k}`)]]));
      const none = new Float32Array(golden.float32("initial").length);
      await program.run({ gradient: none, learningRate: 0, averageWeight: averageWeight(options, k) });
      const after = await readVariables(gpu, average.averages);
      computed.set(`average_${k}`, { shape, data: after.get("average.value") as Float32Array<ArrayBuffer> });
    }
    program.release();
    const decays = Float32Array.from({ length: steps }, (_, step) => averageDecay(options, step + 1));
    return computed.set("decays", { shape: [steps], data: decays });
  } finally {
    release(gpu, variables);
  }
};

/** torch.optim.SGD with parameter groups: each parameter and its momentum buffer after each step. */
export const runSgdGroups: CaseRunner = async (golden, { gpu, rungs }) => {
  const attributes = golden.attributesAs(
    z.object({
      momentum: z.number(),
      nesterov: z.boolean(),
      dampening: z.number().default(0),
      steps: z.int(),
      learning_rates: z.array(z.number()),
      groups: z.array(
        z.object({ parameters: z.array(z.string()), weight_decay: z.number(), rate_multiplier: z.number() }),
      ),
    }),
  );
  const { momentum, nesterov, dampening, steps, learning_rates: rates } = attributes;
  // In the order of the network, as the case lists them, which is not that of the groups.
  const names = golden.inputs.flatMap((name) => (name.startsWith("parameter/") ? [name.slice(10)] : []));
  const parameters = names.map((name) => variableOf(golden, name, `parameter/${name}`));
  const groups = attributes.groups.map((group): ParameterGroup => ({
    parameters: group.parameters.map((name) => parameters[names.indexOf(name)]!),
    weightDecay: group.weight_decay,
    rateMultiplier: group.rate_multiplier,
  }));
  const sgd = new Sgd(parameters, { momentum, nesterov, dampening }, { groups });
  place(gpu, parameters);
  place(gpu, sgd.variables);
  try {
    const inputs = {
      ...Object.fromEntries(parameters.map((parameter) => [`gradient of ${parameter.name}`, parameter])),
      learningRate: float32(),
    };
    const program = await compile(
      gpu,
      inputs,
      (given) => {
        const gradients = names.map((name) => (given as Record<string, Tensor>)[`gradient of ${name}`]!);
        sgd.update(gradients, { learningRate: given.learningRate });
        return {};
      },
      { rungs },
    );
    const computed = new Map<string, Dense>();
    for (let k = 1; k <= steps; k++) {
      const gradients = names.map((name) => [`gradient of ${name}`, golden.float32(`gradient_${k}/${name}`)]);
      await program.run({ ...Object.fromEntries(gradients), learningRate: rates[k - 1]! });
      const after = await readVariables(gpu, [...parameters, ...sgd.momentumBuffers]);
      for (const { name, shape } of parameters) {
        computed.set(`parameter_${k}/${name}`, { shape, data: after.get(name) as Float32Array<ArrayBuffer> });
        computed.set(`momentum_${k}/${name}`, {
          shape,
          data: after.get(`momentum.${name}`) as Float32Array<ArrayBuffer>,
        });
      }
    }
    program.release();
    return computed;
  } finally {
    release(gpu, parameters);
    release(gpu, sgd.variables);
  }
};
