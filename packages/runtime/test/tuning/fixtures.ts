import type { Kernel, Rung } from "../../src/kernel.ts";
import type { KernelUse } from "../../src/tuning/choices.ts";
import { addKernel, type AddShape } from "../support/add-kernel.ts";

const [naive] = addKernel.rungs as [Rung<AddShape>];

type Different = Partial<Rung<AddShape>> & { readonly id: string };

/** The adding kernel with these rungs, each the plainest but for what is said of it; `select` names them in this order. */
export function ladder(...rungs: Different[]): Kernel<unknown> {
  const kernel: Kernel<AddShape> = {
    ...addKernel,
    rungs: rungs.map((rung) => ({ ...naive, ...rung })),
    select: () => rungs.map(({ id }) => id),
  };
  return kernel as Kernel<unknown>;
}

export const onCounts = (kernel: Kernel<unknown>, ...counts: readonly number[]): KernelUse[] =>
  counts.map((count) => ({ kernel, shape: { count, step: 1, rounds: 1 } }));
