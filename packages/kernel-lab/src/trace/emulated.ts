import type { KernelPlan, TensorSpec } from "@fledge/runtime";
import { UntraceableError } from "./accesses.ts";
import { boundAs } from "./layout.ts";

/** What a trace puts in place of what a device lacks; what the module reads and writes, and every index, stay its own. */
export interface Emulated {
  /** Lanes of subgroups in place of the device's own: values pass through workgroup memory, see `subgroups.ts`. */
  readonly subgroupLanes?: number | undefined;
  /** f32 in place of f16, in scratch buffers too. */
  readonly halves?: boolean | undefined;
}

/** Every character keeps its place. */
const inSingles = (wgsl: string): string =>
  wgsl
    .replace(/\benable f16;/g, (text) => " ".repeat(text.length))
    .replace(/\bf16\b/g, "f32")
    .replace(/\bvec([234])h\b/g, "vec$1f");

/** A plan that computes in f32 where it has f16. @throws UntraceableError where the kernel's tensors are f16 */
export function withoutHalves(plan: KernelPlan): KernelPlan {
  const halves = Object.keys(plan.tensors).filter((name) => plan.tensors[name]!.dtype === "f16");
  if (halves.length > 0)
    throw new UntraceableError(`${halves.join(", ")} lie in memory as f16, which this adapter lacks (shader-f16)`);
  const scratch = Object.entries(plan.scratch).map(([name, spec]): [string, TensorSpec] => {
    const [, type = ""] = new RegExp(`>\\s*${name}\\s*:([^;]+);`).exec(plan.dispatches[0]!.wgsl) ?? [];
    const bound = boundAs(spec, type);
    return [name, bound.dtype === "f16" ? { ...bound, dtype: "f32" } : bound];
  });
  return {
    ...plan,
    scratch: Object.fromEntries(scratch),
    dispatches: plan.dispatches.map((dispatch) => ({ ...dispatch, wgsl: inSingles(dispatch.wgsl) })),
  };
}
