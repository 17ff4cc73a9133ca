import { castPrecision, castStorage } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** torch.nn.functional.conv2d without bias: x [N,IH,IW,IC], weight [KH,KW,IC,OC] -> [N,OH,OW,OC], f16 in memory below f32. */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  options: { readonly stride?: number; readonly padding?: number } = {},
): Tensor {
  const [N, IH, IW, IC] = x.shape as [number, number, number, number];
  const [KH, KW, weightIC, OC] = weight.shape as [number, number, number, number];
  if (weightIC !== IC)
    throw new Error(`conv2d: x has ${IC} channels (${String(x)}), the weight wants ${weightIC} (${String(weight)})`);
  const shape = {
    N,
    IH,
    IW,
    IC,
    OC,
    KH,
    KW,
    stride: options.stride ?? 1,
    padding: options.padding ?? 0,
    ...castPrecision(),
    ...castStorage(),
  };
  return apply(operators.conv2d, shape, { x, weight }).out;
}
