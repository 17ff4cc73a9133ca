import {
  globalAveragePoolBackward,
  globalAveragePoolForward,
  maxPool2dBackward,
  maxPool2dForward,
  type GlobalAveragePoolShape,
  type MaxPool2dShape,
} from "@fledge/pooling";
import { apply, operator } from "../operator.ts";
import type { Tensor } from "../tensor.ts";

const maxBackward = operator<MaxPool2dShape, "argmax" | "dOut", "dX">(
  maxPool2dBackward,
  ["argmax", "dOut"],
  ["dX"],
  "not differentiable",
);

const maxForward = operator<MaxPool2dShape, "x", "out" | "argmax">(
  maxPool2dForward,
  ["x"],
  ["out", "argmax"],
  ({ shape, outputs: { argmax } }, { out: dOut }) => ({
    x: () => apply(maxBackward, shape, { argmax, dOut: dOut! }).dX,
  }),
);

const averageBackward = operator<GlobalAveragePoolShape, "dOut", "dX">(
  globalAveragePoolBackward,
  ["dOut"],
  ["dX"],
  "not differentiable",
);

const averageForward = operator<GlobalAveragePoolShape, "x", "out">(
  globalAveragePoolForward,
  ["x"],
  ["out"],
  ({ shape }, { out: dOut }) => ({ x: () => apply(averageBackward, shape, { dOut: dOut! }).dX }),
);

/** torch.nn.MaxPool2d: x [N,IH,IW,C] -> [N,OH,OW,C]; of equal values the first takes the whole gradient. */
export function maxPool2d(
  x: Tensor,
  options: { readonly kernel: number; readonly stride: number; readonly padding: number },
): Tensor {
  const [N, IH, IW, C] = x.shape as [number, number, number, number];
  return apply(maxForward, { N, IH, IW, C, ...options }, { x }).out;
}

/** Mean over H and W: x [N,H,W,C] -> [N,C], torch.nn.AdaptiveAvgPool2d(1) flattened. */
export function globalAveragePool(x: Tensor): Tensor {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  return apply(averageForward, { N, H, W, C }, { x }).out;
}
