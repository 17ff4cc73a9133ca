import {
  candidatesVersion,
  planKernel,
  shapeKey,
  whyUnsupported,
  type DeviceTraits,
  type KernelPlan,
  type KernelUse,
} from "@fledge/runtime";

/** A kernel and shape with the rungs that may run it. */
export interface Candidates {
  readonly kernel: string;
  readonly shape: unknown;
  readonly use: KernelUse;
  /** The rungs that `select` names for the shape and that can run it, planned; the default first. */
  readonly plans: readonly KernelPlan[];
  /** The plainest rung that can run the shape: what the candidates must agree with, and what wins where none does. */
  readonly reference: KernelPlan;
  /** Changes where what any of them runs changes, and where `select` names others. */
  readonly version: string;
}

function candidatesOf(use: KernelUse, device: DeviceTraits): Candidates {
  const { kernel, shape } = use;
  const byDefault = planKernel(kernel, shape, { device });
  const able = kernel.rungs.filter((rung) => whyUnsupported(rung, shape, device) === null).map(({ id }) => id);
  const others = kernel.select(shape, device).filter((id) => id !== byDefault.rung && able.includes(id));
  const plan = (rung: string): KernelPlan => planKernel(kernel, shape, { device, rung });
  const plans = [byDefault, ...others.map(plan)];
  const reference = plans.find(({ rung }) => rung === able[0]) ?? plan(able[0]!);
  return { kernel: kernel.name, shape, use, plans, reference, version: candidatesVersion([...plans, reference]) };
}

/** The candidates of each distinct kernel and shape, by kernel in order of first use, then by arithmetic operations. */
export function distinctCandidates(uses: readonly KernelUse[], device: DeviceTraits): Candidates[] {
  const byKernel = new Map<string, Map<string, KernelUse>>();
  for (const use of uses) {
    const shapes = byKernel.get(use.kernel.name) ?? new Map<string, KernelUse>();
    byKernel.set(use.kernel.name, shapes.set(shapeKey(use.shape), use));
  }
  return [...byKernel.values()].flatMap((shapes) =>
    [...shapes.values()].map((use) => candidatesOf(use, device)).sort((a, b) => a.plans[0]!.flops - b.plans[0]!.flops),
  );
}
