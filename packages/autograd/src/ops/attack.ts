import { elementCount } from "@fledge/runtime";
import type { Tensor, Variable } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** What an attack carries along for a batch of images, each [N,H,W,3]. */
export interface AttackVariables {
  /** Where the attack stands, and where it stood before. */
  readonly point: Variable;
  readonly previous: Variable;
  /** The gradient at `point`. */
  readonly gradient: Variable;
  /** The best point so far, and the gradient there. */
  readonly best: Variable;
  readonly bestGradient: Variable;
}

/**
 * Moves `point` by a step along the sign of `gradient`, inside the ball around `origin` and 0..1; see `attackStep` of
 * @fledge/attack-step. @param controls f32 [N,4]: step size, epsilon, momentum and mode of each image
 */
export function attackStep(
  { point, previous, gradient, best, bestGradient }: AttackVariables,
  origin: Tensor,
  controls: Tensor,
): void {
  const N = origin.shape[0]!;
  const updates = { point, previous, best, bestGradient };
  apply(operators.attackStep, { N, P: elementCount(origin) / N }, { origin, gradient, controls }, { updates });
}

/** Keeps a gradient in a variable, for the next run of a program. */
export function attackKeep(gradient: Tensor, kept: Variable): void {
  apply(operators.attackKeep, { count: elementCount(gradient) }, { gradient }, { updates: { kept } });
}

/** The gradient of each row's targeted DLR loss: logits [N,C], labels and targets i32 [N] -> [N,C], an upstream for `grad`. */
export function dlrGradient(logits: Tensor, labels: Tensor, targets: Tensor): Tensor {
  const [N, C] = logits.shape as [number, number];
  return apply(operators.dlrGradient, { N, C }, { logits, labels, targets }).dLogits;
}
