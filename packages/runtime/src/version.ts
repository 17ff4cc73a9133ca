import { door } from "#door";
import type { Dispatch, KernelPlan } from "./kernel.ts";
import { blankComments } from "./wgsl/source.ts";

const digest = (value: unknown): string => door.sha256(JSON.stringify(value)).slice(0, 16);

/** By module; many plans run the same one. */
const bareModules = new Map<string, string>();

function bareModule(wgsl: string): string {
  let bare = bareModules.get(wgsl);
  if (bare === undefined) bareModules.set(wgsl, (bare = blankComments(wgsl).replaceAll(/\s+/g, " ").trim()));
  return bare;
}

const essence = ({ wgsl, entryPoint, params, workgroups }: Dispatch): unknown => [
  bareModule(wgsl),
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
