import {
  candidatesVersion,
  planKernel,
  planVersion,
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
  /** Their rungs with other constants, as the rungs' `tiles` name them and the adapter can run them. */
  readonly tiles: readonly KernelPlan[];
  /** The plainest rung that can run the shape: what the candidates must agree with, and what wins where none does. */
  readonly reference: KernelPlan;
  /** Changes where what any of them runs changes, and where `select` names others. */
  readonly version: string;
}

/** The tiles of a plan's rung that are not what the plan itself has, each once. */
function tilesOf({ kernel, shape }: KernelUse, plan: KernelPlan, device: DeviceTraits): KernelPlan[] {
  const rung = kernel.rungs.find(({ id }) => id === plan.rung)!;
  const versions = new Set([planVersion(plan)]);
  return (rung.tiles?.(shape, device) ?? [])
    .filter((tile) => whyUnsupported(rung, shape, device, tile) === null)
    .map((tile) => planKernel(kernel, shape, { device, rung: rung.id, tile }))
    .filter((tiled) => {
      const version = planVersion(tiled);
      return !versions.has(version) && versions.add(version);
    });
}

function candidatesOf(use: KernelUse, device: DeviceTraits): Candidates {
  const { kernel, shape } = use;
  const byDefault = planKernel(kernel, shape, { device });
  const able = kernel.rungs.filter((rung) => whyUnsupported(rung, shape, device) === null).map(({ id }) => id);
  const others = kernel.select(shape, device).filter((id) => id !== byDefault.rung && able.includes(id));
  const plan = (rung: string): KernelPlan => planKernel(kernel, shape, { device, rung });
  const plans = [byDefault, ...others.map(plan)];
  const reference = plans.find(({ rung }) => rung === able[0]) ?? plan(able[0]!);
  const tiles = plans.flatMap((plan) => tilesOf(use, plan, device));
  const version = candidatesVersion([...plans, ...tiles, reference]);
  return { kernel: kernel.name, shape, use, plans, tiles, reference, version };
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
