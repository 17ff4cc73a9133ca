import { append, GradientNode } from "./graph.ts";
import type { Tensor, Variable } from "./tensor.ts";

/**
 * The gradients of a scalar with respect to variables, in their order (torch.autograd.grad).
 * They are worked out when the program is compiled, after fusion; second derivatives are not supported.
 */
export function grad(loss: Tensor, variables: readonly Variable[]): readonly Tensor[] {
  if (loss.shape.length !== 0) throw new Error(`grad: the loss must be a scalar, not ${String(loss)}`);
  return append(new GradientNode(loss, variables)).placeholders;
}
