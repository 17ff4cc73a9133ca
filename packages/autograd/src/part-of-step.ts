import type { BatchnormApplyShape } from "@fledge/batchnorm";
import { FlatNode, type GraphNode } from "./graph.ts";
import type { AnyOperator } from "./operator.ts";
import { operators } from "./ops/table.ts";
import type { StepPart } from "./explained-plan.ts";

/** How well the batch is answered: the loss, with the gradient that fusion drew in, and the count of hits. */
const judging = new Set<AnyOperator>([
  operators.softmaxCrossEntropy,
  operators.softmaxCrossEntropyWithGradient,
  operators.weightedCrossEntropy,
  operators.countCorrect,
]);

/** What an optimiser does beside its runs over whole lists of parameters. */
const updating = new Set<AnyOperator>([
  operators.sgdAdvance,
  operators.sgdAdaptScale,
  operators.sgdHoldAverage,
  operators.sgdScaleRate,
]);

/** Which part of a step a node belongs to. */
export function partOf(node: GraphNode): StepPart {
  if (node instanceof FlatNode) return "update";
  if (!("operator" in node)) throw new Error("a request for gradients is no part of a step");
  if (judging.has(node.operator)) return "loss";
  if (updating.has(node.operator)) return "update";
  return node.isGradient ? "backward" : "forward";
}

/** What a node computes of other operators, which fusion drew in: `["add", "relu"]`; of a gradient, through which it goes back. */
export function fusedInto(node: GraphNode): readonly string[] {
  if (node instanceof FlatNode || !("operator" in node)) return [];
  const { operator, kernel } = node;
  if (operator === operators.softmaxCrossEntropyWithGradient) return ["gradient"];
  if (operator === operators.dropoutDrawn) return ["keep-mask"];
  if (kernel.name !== "batchnorm-apply" && kernel.name !== "batchnorm-backward") return [];
  const { residual, relu } = node.shape as BatchnormApplyShape;
  return [...(residual ? ["add"] : []), ...(relu ? ["relu"] : [])];
}
