import { door } from "#door";
import type { Dispatch, KernelPlan } from "./kernel.ts";
import { blankComments } from "./wgsl/source.ts";

const digest = (value: unknown): string => door.sha256(JSON.stringify(value)).slice(0, 16);

const essence = ({ wgsl, entryPoint, params, workgroups }: Dispatch): unknown => [
  blankComments(wgsl).replaceAll(/\s+/g, " ").trim(),
  entryPoint,
  [...new Uint8Array(params)],
  workgroups,
];

const versions = new WeakMap<KernelPlan, string>();

/** Names what a plan runs: modules with their constants, parameters and grids. Comments and spacing are no part of it. */
export function planVersion(plan: KernelPlan): string {
  let version = versions.get(plan);
  if (version === undefined) versions.set(plan, (version = digest([plan.rung, plan.dispatches.map(essence)])));
  return version;
}

/** Names a set of plans to choose from, in their order. */
export const candidatesVersion = (plans: readonly KernelPlan[]): string => digest(plans.map(planVersion));
