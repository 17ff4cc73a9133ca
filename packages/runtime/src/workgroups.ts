import type { Pass, Workgroups } from "./kernel.ts";

/** The workgroups along x, y or z that every WebGPU device takes. */
export const maxWorkgroups = 65535;

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/**
 * A grid of at least `invocations` in workgroups of `size`, folded into y where x would pass the guaranteed 65535.
 * The shader flattens it back: `(workgroup_id.y * num_workgroups.x + workgroup_id.x) * size + local_invocation_index`.
 */
export function linearWorkgroups(invocations: number, size: number): Workgroups {
  const groups = Math.max(1, ceilDiv(invocations, size));
  const y = ceilDiv(groups, maxWorkgroups);
  return [ceilDiv(groups, y), y, 1];
}

/** The usual single pass: entry point `main`. */
export const mainPass = <Shape>(workgroups: Pass<Shape>["workgroups"]): readonly Pass<Shape>[] => [
  { entryPoint: "main", workgroups },
];
