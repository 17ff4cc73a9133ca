import { roundsOperands, sizeBytes } from "@fledge/runtime";
import type { ExplainedKernel, ExplainedOperand, ExplainedPlan, ExplainedSlot } from "./explained-plan.ts";
import { FlatNode } from "./graph.ts";
import { fusedInto, partOf } from "./part-of-step.ts";
import type { PlacedKernel, ProgramPlan } from "./plan.ts";
import { Variable, type Tensor } from "./tensor.ts";

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

const precisionOf = ({ node, plan }: PlacedKernel): ExplainedKernel["precision"] =>
  roundsOperands(node.kernel.rungs.find(({ id }) => id === plan.rung)!) ? "f16" : "f32";

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
      precision: precisionOf(placed),
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
