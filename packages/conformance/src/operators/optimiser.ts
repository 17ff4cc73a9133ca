import { compile, float32, place, readVariables, release, Sgd, Variable } from "@fledge/autograd";
import { stepLr } from "@fledge/training";
import { z } from "zod";
import type { CaseRunner, Dense } from "../context.ts";

const sgdAttributes = z.object({
  learning_rate: z.number(),
  momentum: z.number(),
  weight_decay: z.number(),
  dampening: z.number(),
  nesterov: z.boolean(),
  steps: z.int(),
});

/** torch.optim.SGD for some steps: the parameter and its momentum buffer after each. */
export const runSgd: CaseRunner = async (golden, { gpu, rungs }) => {
  const {
    learning_rate: learningRate,
    momentum,
    weight_decay: weightDecay,
    dampening,
    nesterov,
    steps,
  } = golden.attributesAs(sgdAttributes);
  const shape = golden.shape("parameter");
  const parameter = new Variable("parameter", { shape, dtype: "f32" }, "parameter", () => golden.float32("parameter"));
  const sgd = new Sgd([parameter], { momentum, weightDecay, dampening, nesterov });
  const variables = [parameter, ...sgd.variables];
  place(gpu, variables);
  try {
    const inputs = { gradient: float32(...shape), learningRate: float32() };
    const program = await compile(
      gpu,
      inputs,
      ({ gradient, learningRate: rate }) => {
        sgd.update([gradient], { learningRate: rate });
        return {};
      },
      { rungs },
    );
    const computed = new Map<string, Dense>();
    for (let step = 1; step <= steps; step++) {
      await program.run({ gradient: golden.float32(`gradient_${step}`), learningRate });
      const after = await readVariables(gpu, [parameter, ...sgd.momentumBuffers]);
      computed.set(`parameter_${step}`, { shape, data: after.get("parameter") as Float32Array<ArrayBuffer> });
      computed.set(`momentum_${step}`, {
        shape,
        data: after.get(sgd.momentumBuffers[0]!.name) as Float32Array<ArrayBuffer>,
      });
    }
    program.release();
    return computed;
  } finally {
    release(gpu, variables);
  }
};

export const runStepLr: CaseRunner = async (golden) => {
  const {
    initial,
    step_size: stepSize,
    gamma,
    epochs,
  } = golden.attributesAs(z.object({ initial: z.number(), step_size: z.int(), gamma: z.number(), epochs: z.int() }));
  const rate = stepLr({ initial, stepSize, gamma });
  return new Map([
    ["learning_rates", { shape: [epochs], data: Float32Array.from({ length: epochs }, (_, epoch) => rate(epoch)) }],
  ]);
};
