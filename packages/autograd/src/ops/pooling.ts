import { storageOf } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** torch.nn.MaxPool2d: x [N,IH,IW,C] -> [N,OH,OW,C]; of equal values the first takes the whole gradient. */
export function maxPool2d(
  x: Tensor,
  options: { readonly kernel: number; readonly stride: number; readonly padding: number },
): Tensor {
  const [N, IH, IW, C] = x.shape as [number, number, number, number];
  return apply(operators.maxPool2d, { N, IH, IW, C, ...options, ...storageOf(x) }, { x }).out;
}

/** Mean over H and W: x [N,H,W,C] -> [N,C], torch.nn.AdaptiveAvgPool2d(1) flattened. */
export function globalAveragePool(x: Tensor): Tensor {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  return apply(operators.globalAveragePool, { N, H, W, C, ...storageOf(x) }, { x }).out;
}
