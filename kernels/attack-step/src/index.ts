import { inout, input, output, type Kernel } from "@fledge/runtime";
import * as dlrLadder from "./dlr-gradient/ladder.ts";
import * as keepLadder from "./keep/ladder.ts";
import { selectDlr, selectKeep, selectStep } from "./select.ts";
import {
  checkDlr,
  checkKeep,
  checkStep,
  dlrFlops,
  stepFlops,
  type AttackKeepShape,
  type AttackStepShape,
  type DlrShape,
} from "./shape.ts";
import * as stepLadder from "./step/ladder.ts";

export { dlr, modes } from "./reference.ts";
export type { AttackKeepShape, AttackStepShape, DlrShape } from "./shape.ts";

/**
 * A step of an attack on every image of a batch: along the sign of the gradient, inside the epsilon ball around the
 * image and 0..1. An image's controls are its step size, epsilon, the weight of the step against APGD's momentum (1:
 * none) and a mode: 0 goes on, 1 keeps point and gradient as the best before, 2 goes on from the best instead.
 * Tensors: origin, gradient f32[N,P] and controls f32[N,4] in; point, previous, best, bestGradient f32[N,P] inout.
 */
export const attackStep: Kernel<AttackStepShape> = {
  ...stepLadder.ladder,
  check: checkStep,
  tensors: ({ N, P }) => ({
    origin: input([N, P]),
    gradient: input([N, P]),
    controls: input([N, 4]),
    point: inout([N, P]),
    previous: inout([N, P]),
    best: inout([N, P]),
    bestGradient: inout([N, P]),
  }),
  flops: stepFlops,
  select: selectStep,
};

/** Copies a gradient to where the next step finds it. Tensors: gradient f32[count] in; kept f32[count] inout. */
export const attackKeep: Kernel<AttackKeepShape> = {
  ...keepLadder.ladder,
  check: checkKeep,
  tensors: ({ count }) => ({ gradient: input([count]), kept: inout([count]) }),
  flops: () => 0,
  select: selectKeep,
};

/**
 * The gradient of each row's targeted DLR loss, see `dlr`, which gives the loss itself on the host.
 * Tensors: logits f32[N,C], labels and targets i32[N] in; dLogits f32[N,C] out.
 */
export const dlrGradient: Kernel<DlrShape> = {
  ...dlrLadder.ladder,
  check: checkDlr,
  tensors: ({ N, C }) => ({
    logits: input([N, C]),
    labels: input([N], "i32", [0, C]),
    targets: input([N], "i32", [0, C]),
    dLogits: output([N, C]),
  }),
  flops: dlrFlops,
  select: selectDlr,
};
