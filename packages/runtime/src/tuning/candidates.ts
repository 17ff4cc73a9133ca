import type { DeviceTraits } from "../device-traits.ts";
import type { KernelPlan } from "../kernel.ts";
import { planKernel, whyUnsupported } from "../plan-kernel.ts";
import { shapeKey, type KernelUse } from "./choices.ts";
import { candidatesVersion } from "./version.ts";

/** A kernel and shape with the rungs that may run it. */
export interface Candidates {
  readonly kernel: string;
  readonly shape: unknown;
  /** The rungs that `select` names for the shape and that can run it, planned; the default first. */
  readonly plans: readonly KernelPlan[];
  /** Changes where what any of them runs changes, and where `select` names others. */
  readonly version: string;
}

function candidatesOf({ kernel, shape }: KernelUse, device: DeviceTraits): Candidates {
  const byDefault = planKernel(kernel, shape, { device });
  const others = kernel.select(shape, device).filter((id) => {
    const rung = kernel.rungs.find((one) => one.id === id);
    return id !== byDefault.rung && rung !== undefined && whyUnsupported(rung, shape, device) === null;
  });
  const plans = [byDefault, ...others.map((rung) => planKernel(kernel, shape, { device, rung }))];
  return { kernel: kernel.name, shape, plans, version: candidatesVersion(plans) };
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
