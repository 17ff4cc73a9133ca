import {
  compile,
  dropout,
  dropPath,
  float32,
  grad,
  int32,
  place,
  release,
  Variable,
  type Mode,
  type Tensor,
} from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { dropPathRates, dropPathRules } from "@fledge/resnet";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";

/** Reads a case's attributes and gives its op as a function of our operators, on tensors in the case's own layout. */
type NoiseOp = (golden: GoldenCase) => (inputs: Readonly<Record<string, Variable>>, keep: Tensor) => Tensor;

const modeOf = (training: boolean): Mode => (training ? "train" : "eval");

const noiseOps: Readonly<Record<string, NoiseOp>> = {
  dropout(golden) {
    const { p, training } = golden.attributesAs(z.object({ p: z.number(), training: z.boolean() }));
    return ({ input }, keep) => dropout(input!, keep, { rate: p, mode: modeOf(training) });
  },
  drop_path(golden) {
    const attributes = z.object({ survival: z.number(), relu: z.boolean(), training: z.boolean() });
    const { survival, relu, training } = golden.attributesAs(attributes);
    return ({ identity, branch }, keep) =>
      dropPath(identity!, branch!, keep, { survival, relu, mode: modeOf(training) });
  },
};

/** Runs dropout or stochastic depth by the case's mask: the output, and gradients of sum(output * grad_output). */
export const runNoise: CaseRunner = async (golden, { gpu, rungs }) => {
  const op = noiseOps[golden.op]!(golden);
  const variables = golden.inputs
    .filter((name) => name !== "keep")
    .map((name) => new Variable(name, float32(...golden.shape(name)), "parameter", () => golden.float32(name)));
  const byName = Object.fromEntries(variables.map((variable) => [variable.name, variable]));
  const differentiated = Object.keys(golden.gradients).map((name) => {
    const variable = byName[name];
    if (!variable) throw new Error(`case.json wants the gradient of "${name}", which is no float input of it`);
    return variable;
  });
  const [output] = golden.outputs as [string];
  const specs = { keep: int32(...golden.shape("keep")), upstream: float32(...golden.shape(output)) };
  place(gpu, variables);
  try {
    const program = await compile(
      gpu,
      specs,
      ({ keep, upstream }) => {
        const result = op(byName, keep);
        const gradients = differentiated.length > 0 ? grad(result, differentiated, upstream) : [];
        return {
          [output]: result,
          ...Object.fromEntries(differentiated.map(({ name }, i) => [golden.gradients[name]!, gradients[i]!])),
        };
      },
      { rungs },
    );
    const upstream =
      differentiated.length > 0 ? golden.float32("grad_output") : new Float32Array(golden.tensor(output).data.length);
    const results: Record<string, unknown> = await program.run({ keep: golden.int32("keep"), upstream });
    program.release();
    const shapes = new Map(differentiated.map(({ name, shape }) => [golden.gradients[name]!, shape]));
    return new Map(
      Object.entries(results).map(([name, data]) => [
        name,
        { shape: shapes.get(name) ?? golden.shape(output), data: data as Float32Array<ArrayBuffer> },
      ]),
    );
  } finally {
    release(gpu, variables);
  }
};

/** The drop rate of each block, and the share that survives. */
export const runDropPathRates: CaseRunner = (golden) => {
  const attributes = z.object({ rule: z.enum(dropPathRules), depths: z.array(z.int()), rate: z.number() });
  const { rule, depths, rate } = golden.attributesAs(attributes);
  const rates = dropPathRates(rule, depths, rate);
  const dense = (values: readonly number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
  return Promise.resolve(
    new Map([
      ["drop_rates", dense(rates)],
      ["survival", dense(rates.map((dropped) => 1 - dropped))],
    ]),
  );
};
