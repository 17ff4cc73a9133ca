import type { Constants, Dispatch, TensorSpec } from "@fledge/runtime";

/** The parts of a training step, in the order in which they begin. */
export const stepParts = ["forward", "loss", "backward", "update"] as const;

export type StepPart = (typeof stepParts)[number];

/** A tensor of a kernel. */
export interface ExplainedOperand {
  /** The kernel's name for it. */
  readonly name: string;
  readonly role: "in" | "out" | "inout";
  readonly dtype: TensorSpec["dtype"];
  readonly shape: readonly number[];
  /** The program's name for it: `layer1.0.conv1.weight`; of a run over neighbours the first and last, and how many. */
  readonly tensor: string;
  /** Where it lies: in the arena, beside the optimiser's other gradients, or in a variable's own memory. */
  readonly memory: "arena" | "gradients" | "variable";
  /** In the arena, in which slot. */
  readonly slot?: number;
}

export interface ExplainedKernel {
  readonly kernel: string;
  readonly rung: string;
  /** Constants that were set over the rung's own. */
  readonly tile?: Constants;
  /** What named the rung: "tuned" where the program was compiled with a choice for this shape. */
  readonly choice: "forced" | "tuned" | "default";
  readonly part: StepPart;
  /** Other operators that it computes too, or whose gradient, where fusion drew them in. */
  readonly fused: readonly string[];
  readonly operands: readonly ExplainedOperand[];
  /** Of its operands: f16 where the rung rounds them, which changes no tensor's own type. */
  readonly precision: "f32" | "f16";
  /** Its dispatches in order: the entry point of its module, and over how many workgroups. */
  readonly passes: readonly Pick<Dispatch, "entryPoint" | "workgroups">[];
  readonly flops: number;
  readonly leastBytes: number;
  /** From a profiled run; absent otherwise. */
  readonly timeUs?: number;
}

/** A buffer of the arena, and which tensors lie in it one after the other. */
export interface ExplainedSlot {
  readonly bytes: number;
  readonly held: readonly {
    readonly tensor: string;
    readonly dtype: TensorSpec["dtype"];
    readonly shape: readonly number[];
    readonly bytes: number;
    /** Kernels between which it lives, by index and both included: the number of kernels where it stays for the host. */
    readonly first: number;
    readonly last: number;
  }[];
}

export interface ExplainedPlan {
  readonly kernels: readonly ExplainedKernel[];
  /** By index, as `ExplainedOperand.slot` says. */
  readonly slots: readonly ExplainedSlot[];
  readonly dispatches: number;
  readonly flops: number;
  /** What the kernels move if each reads and writes every operand of its own once. */
  readonly operandBytes: number;
  /** What they would move if every tensor of the program were written once and read once. */
  readonly leastBytes: number;
  readonly arenaBytes: number;
  /** The most bytes alive at one step: no arena can be smaller. */
  readonly peakLiveBytes: number;
  readonly gradientBytes: number;
}
