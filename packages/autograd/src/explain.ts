import type { Constants } from "@fledge/runtime";
import type { ChosenKernel } from "./lower.ts";
import type { ProgramPlan } from "./plan.ts";

export interface ExplainedKernel {
  readonly kernel: string;
  readonly rung: string;
  /** Constants that were set over the rung's own. */
  readonly tile?: Constants;
  /** What named the rung: "tuned" where the program was compiled with a choice for this shape. */
  readonly choice: ChosenKernel["choice"];
  readonly tensors: string;
  /** f16 where it rounds operands of products to f16, or has tensors that lie in memory as f16, as `tensors` says. */
  readonly precision: "f32" | "f16";
  readonly dispatches: number;
  readonly flops: number;
  readonly leastBytes: number;
  /** `dX@3`: which arena slot holds which tensor. */
  readonly slots: string;
  /** From a profiled run; absent otherwise. */
  readonly timeUs?: number;
}

export interface ExplainedPlan {
  readonly kernels: readonly ExplainedKernel[];
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

/** Every kernel of a plan in order, and the sums. */
export function explainPlan(plan: ProgramPlan, timesUs?: readonly number[]): ExplainedPlan {
  const kernels = plan.kernels.map(({ plan: kernel, choice, slots }, index): ExplainedKernel => {
    const tensors = Object.entries(kernel.tensors).map(
      ([name, { shape, dtype }]) => `${name}${dtype === "f16" ? ":f16" : ""}[${shape.join(",")}]`,
    );
    return {
      kernel: kernel.kernel,
      rung: kernel.rung,
      ...(kernel.tile && { tile: kernel.tile }),
      choice,
      tensors: tensors.join(" "),
      precision: kernel.features.includes("shader-f16") ? "f16" : "f32",
      dispatches: kernel.dispatches.length,
      flops: kernel.flops,
      leastBytes: kernel.leastBytes,
      slots: Object.entries(slots)
        .map(([name, slot]) => `${name}@${slot}`)
        .join(" "),
      ...(timesUs ? { timeUs: timesUs[index]! } : {}),
    };
  });
  const total = (key: "dispatches" | "flops" | "leastBytes"): number =>
    kernels.reduce((sum, kernel) => sum + kernel[key], 0);
  return {
    kernels,
    dispatches: total("dispatches"),
    flops: total("flops"),
    operandBytes: total("leastBytes"),
    leastBytes: plan.leastBytes,
    arenaBytes: plan.arena.totalBytes,
    peakLiveBytes: plan.arena.peakLiveBytes,
    gradientBytes: plan.gradientBytes,
  };
}
