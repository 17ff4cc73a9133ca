import { linearForward, linearGradInput, linearGradWeight, type LinearShape } from "@fledge/linear";
import { apply, operator } from "../operator.ts";
import type { Tensor } from "../tensor.ts";
import { once } from "./once.ts";

const gradInput = operator<LinearShape, "dOut" | "weight", "dX">(
  linearGradInput,
  ["dOut", "weight"],
  ["dX"],
  "not differentiable",
);
const gradWeight = operator<LinearShape, "x" | "dOut", "dWeight" | "dBias">(
  linearGradWeight,
  ["x", "dOut"],
  ["dWeight", "dBias"],
  "not differentiable",
);

const forward = operator<LinearShape, "x" | "weight" | "bias", "out">(
  linearForward,
  ["x", "weight", "bias"],
  ["out"],
  ({ shape, inputs: { x, weight } }, { out: dOut }) => {
    const parameters = once(() => apply(gradWeight, shape, { x, dOut: dOut! }));
    return {
      x: () => apply(gradInput, shape, { dOut: dOut!, weight }).dX,
      weight: () => parameters().dWeight,
      bias: () => parameters().dBias,
    };
  },
);

/** torch.nn.Linear with the weight transposed: x [N,IN], weight [IN,OUT], bias [OUT] -> [N,OUT]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [N, IN] = x.shape as [number, number];
  const [weightIN, OUT] = weight.shape as [number, number];
  if (weightIN !== IN)
    throw new Error(`linear: x has ${IN} features (${String(x)}), the weight wants ${weightIN} (${String(weight)})`);
  return apply(forward, { N, IN, OUT }, { x, weight, bias }).out;
}
