import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "@fledge/conv2d";
import { apply, operator } from "../operator.ts";
import type { Tensor } from "../tensor.ts";

const gradInput = operator<Conv2dShape, "dOut" | "weight", "dX">(
  conv2dGradInput,
  ["dOut", "weight"],
  ["dX"],
  "not differentiable",
);
const gradWeight = operator<Conv2dShape, "x" | "dOut", "dWeight">(
  conv2dGradWeight,
  ["x", "dOut"],
  ["dWeight"],
  "not differentiable",
);

const forward = operator<Conv2dShape, "x" | "weight", "out">(
  conv2dForward,
  ["x", "weight"],
  ["out"],
  ({ shape, inputs: { x, weight } }, { out: dOut }) => ({
    x: () => apply(gradInput, shape, { dOut: dOut!, weight }).dX,
    weight: () => apply(gradWeight, shape, { x, dOut: dOut! }).dWeight,
  }),
);

/** torch.nn.functional.conv2d without bias: x [N,IH,IW,IC], weight [KH,KW,IC,OC] -> [N,OH,OW,OC]. */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  options: { readonly stride?: number; readonly padding?: number } = {},
): Tensor {
  const [N, IH, IW, IC] = x.shape as [number, number, number, number];
  const [KH, KW, weightIC, OC] = weight.shape as [number, number, number, number];
  if (weightIC !== IC)
    throw new Error(`conv2d: x has ${IC} channels (${String(x)}), the weight wants ${weightIC} (${String(weight)})`);
  const shape = { N, IH, IW, IC, OC, KH, KW, stride: options.stride ?? 1, padding: options.padding ?? 0 };
  return apply(forward, shape, { x, weight }).out;
}
