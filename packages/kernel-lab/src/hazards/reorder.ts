import { applyEdits, closingOf, type Dispatch, type WgslModule } from "@fledge/runtime";

/** In which order a dispatch runs: its workgroups from the last to the first, or the invocations of each. */
export type Order = "workgroups" | "invocations";

interface Parameter {
  /** Where it stands in the source, the comma behind it included. */
  readonly from: number;
  readonly end: number;
  readonly name: string;
  readonly builtin: string;
}

interface EntryPoint {
  readonly parameters: readonly Parameter[];
  /** Behind the parenthesis that opens the parameters. */
  readonly parametersStart: number;
  /** Behind the brace that opens the body. */
  readonly bodyStart: number;
  /** Three expressions. */
  readonly workgroupSize: readonly string[];
}

/** An entry point of a module's code without comments; null where there is none of that name. */
export function entryPointIn(code: string, name: string): EntryPoint | null {
  const head = new RegExp(`@compute\\b[^{};]*?\\bfn\\s+${name}\\s*\\(`).exec(code);
  if (!head) return null;
  const open = head.index + head[0].length - 1;
  const close = closingOf(code, open);
  const sizeAt = head[0].indexOf("@workgroup_size");
  const sizeOpen = code.indexOf("(", head.index + sizeAt);
  const sizes = code.slice(sizeOpen + 1, closingOf(code, sizeOpen)).split(",");
  const parameters = [...code.slice(open, close).matchAll(/@builtin\(\s*(\w+)\s*\)\s*(\w+)\s*:[^,]*,?/g)].map(
    ({ index, 0: all, 1: builtin, 2: parameter }) => ({
      from: open + index,
      end: open + index + all.length,
      name: parameter!,
      builtin: builtin!,
    }),
  );
  return {
    parameters,
    parametersStart: open + 1,
    bodyStart: code.indexOf("{", close) + 1,
    workgroupSize: [0, 1, 2].map((axis) => sizes[axis]?.trim() || "1"),
  };
}

const raw = (builtin: string): string => `fledge_${builtin}`;

/** What the others follow from. The number of workgroups is read, not written down, so that shapes share a pipeline. */
const rawBuiltins = ["workgroup_id", "num_workgroups", "local_invocation_id"] as const;

/** What a builtin is in the other order, from the raw values. */
function reordered(order: Order, [x, y, z]: readonly string[]): Record<string, string> {
  const size = `vec3u(u32(${x}), u32(${y}), u32(${z}))`;
  const [groups, counts, locals] = rawBuiltins.map(raw);
  const group = order === "workgroups" ? `(${counts} - vec3u(1u) - ${groups})` : groups;
  const local = order === "invocations" ? `(${size} - vec3u(1u) - ${locals})` : locals;
  return {
    workgroup_id: group,
    num_workgroups: counts!,
    local_invocation_id: local,
    local_invocation_index: `(${local}.x + ${local}.y * ${size}.x + ${local}.z * ${size}.x * ${size}.y)`,
    global_invocation_id: `(${group} * ${size} + ${local})`,
  };
}

/**
 * The dispatch in another order, or null where that is not to be had: invocations of a module that knows of subgroups
 * keep their place in them. WebGPU promises no order, so a result must not depend on it; a device that happens to keep
 * one hides a missing barrier, and that a workgroup reads what another writes.
 */
export function inOtherOrder(dispatch: Dispatch, { code }: Pick<WgslModule, "code">, order: Order): Dispatch | null {
  if (order === "invocations" && /\bsubgroup/.test(code)) return null;
  const entry = entryPointIn(code, dispatch.entryPoint);
  if (!entry) return null;
  const values = reordered(order, entry.workgroupSize);
  const changed = entry.parameters.filter(({ builtin }) => builtin in values);
  const lets = changed.map(({ name, builtin }) => `let ${name} = ${values[builtin]};`).join(" ");
  const extra = rawBuiltins.map((builtin) => `@builtin(${builtin}) ${raw(builtin)}: vec3u, `);
  // The raw values are declared anew, each once, in place of the parameters that gave them.
  const edits = [
    { at: entry.parametersStart, text: extra.join("") },
    { at: entry.bodyStart, text: ` ${lets}` },
    ...changed.map(({ from, end }) => ({ at: from, text: "", length: end - from })),
  ];
  return { ...dispatch, wgsl: applyEdits(dispatch.wgsl, edits) };
}
