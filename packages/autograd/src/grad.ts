import { GradientNode } from "./graph.ts";
import type { Tensor } from "./tensor.ts";
import { append } from "./trace.ts";

/**
 * The gradients of a scalar with respect to variables, inputs or any tensors that it depends on, in their order
 * (torch.autograd.grad). With `upstream`, those of
 * `sum(output * upstream)` for an output of any shape (its grad_outputs). They are worked out when the program is
 * compiled, after fusion; second derivatives are not supported.
 */
export function grad(output: Tensor, tensors: readonly Tensor[], upstream?: Tensor): readonly Tensor[] {
  if (!upstream && output.shape.length !== 0) throw new Error(`grad: the loss must be a scalar, not ${String(output)}`);
  if (upstream && upstream.shape.join() !== output.shape.join()) {
    throw new Error(`grad: the upstream gradient ${String(upstream)} has not the shape of ${String(output)}`);
  }
  return append(new GradientNode(output, tensors, upstream)).placeholders;
}
