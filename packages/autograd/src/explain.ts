import { sizeBytes, type Constants, type Dispatch, type TensorSpec } from "@fledge/runtime";
import type { ChosenKernel } from "./lower.ts";
import { FlatNode } from "./graph.ts";
import { fusedInto, partOf, type StepPart } from "./part-of-step.ts";
import type { PlacedKernel, ProgramPlan } from "./plan.ts";
import { Variable, type Tensor } from "./tensor.ts";

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
  readonly choice: ChosenKernel["choice"];
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

/** A tensor's name; a gradient that an optimiser reads is that of its parameter. */
function namesIn({ kernels }: ProgramPlan): (tensor: Tensor) => string {
  const gradientOf = new Map<Tensor, string>();
  for (const { node, tensors } of kernels) {
    if (!(node instanceof FlatNode)) continue;
    const [lead, ...others] = Object.keys(node.lists).map((name) => tensors[name]!);
    for (const list of others)
      list.forEach((tensor, index) => {
        if (!(tensor instanceof Variable)) gradientOf.set(tensor, `gradient of ${lead![index]!.name}`);
      });
  }
  return (tensor) => gradientOf.get(tensor) ?? tensor.name;
}

function operandsOf(
  { plan: { tensors: specs }, tensors }: PlacedKernel,
  { arena, gradients }: ProgramPlan,
  name: (tensor: Tensor) => string,
): ExplainedOperand[] {
  const nameOf = ([first, ...others]: readonly Tensor[]): string =>
    others.length === 0 ? name(first!) : `${name(first!)} to ${name(others.at(-1)!)}, ${others.length + 1} tensors`;
  return Object.entries(specs).map(([own, { role, dtype, shape }]): ExplainedOperand => {
    const named = tensors[own]!;
    const slot = arena.slotOf.get(named[0]!);
    const elsewhere = gradients.has(named[0]!) ? "gradients" : "variable";
    const memory = slot === undefined ? ({ memory: elsewhere } as const) : ({ memory: "arena", slot } as const);
    return { name: own, role, dtype, shape, tensor: nameOf(named), ...memory };
  });
}

function slotsOf({ arena, lifetimes }: ProgramPlan): ExplainedSlot[] {
  return arena.slotBytes.map((bytes, index) => ({
    bytes,
    held: lifetimes
      .filter(({ tensor }) => arena.slotOf.get(tensor) === index)
      .sort((a, b) => a.first - b.first)
      .map(({ tensor, first, last }) => {
        const { name, dtype, shape } = tensor;
        return { tensor: name, dtype, shape, bytes: sizeBytes(tensor), first, last };
      }),
  }));
}

/** Every kernel of a plan in order, the arena, and the sums. */
export function explainPlan(plan: ProgramPlan, timesUs?: readonly number[]): ExplainedPlan {
  const name = namesIn(plan);
  const kernels = plan.kernels.map((placed, index): ExplainedKernel => {
    const { plan: kernel, choice, node } = placed;
    return {
      kernel: kernel.kernel,
      rung: kernel.rung,
      ...(kernel.tile && { tile: kernel.tile }),
      choice,
      part: partOf(node),
      fused: fusedInto(node),
      operands: operandsOf(placed, plan, name),
      precision: kernel.features.includes("shader-f16") ? "f16" : "f32",
      passes: kernel.dispatches.map(({ entryPoint, workgroups }) => ({ entryPoint, workgroups })),
      flops: kernel.flops,
      leastBytes: kernel.leastBytes,
      ...(timesUs ? { timeUs: timesUs[index]! } : {}),
    };
  });
  const total = (key: "flops" | "leastBytes"): number => kernels.reduce((sum, kernel) => sum + kernel[key], 0);
  return {
    kernels,
    slots: slotsOf(plan),
    dispatches: kernels.reduce((sum, { passes }) => sum + passes.length, 0),
    flops: total("flops"),
    operandBytes: total("leastBytes"),
    leastBytes: plan.leastBytes,
    arenaBytes: plan.arena.totalBytes,
    peakLiveBytes: plan.arena.peakLiveBytes,
    gradientBytes: plan.gradientBytes,
  };
}
