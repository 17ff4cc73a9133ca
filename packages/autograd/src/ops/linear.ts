import { castPrecision } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** torch.nn.Linear with the weight transposed: x [N,IN], weight [IN,OUT], bias [OUT] -> [N,OUT]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [N, IN] = x.shape as [number, number];
  const [weightIN, OUT] = weight.shape as [number, number];
  if (weightIN !== IN)
    throw new Error(`linear: x has ${IN} features (${String(x)}), the weight wants ${weightIN} (${String(weight)})`);
  return apply(operators.linear, { N, IN, OUT, ...castPrecision() }, { x, weight, bias }).out;
}
