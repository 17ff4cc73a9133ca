/** One `@group(0)` variable of a module. Its name is the kernel tensor's name, which is written nowhere else. */
export interface WgslBinding {
  readonly name: string;
  readonly binding: number;
  readonly access: "read" | "read_write" | "uniform";
}

const pattern = /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)/g;

/**
 * The `@group(0)` variables in binding order of a module's code without comments.
 * @throws if a variable is bound in another way than `@group(0) @binding(0) var<storage, read> name`
 */
export function bindingsIn(code: string): WgslBinding[] {
  const bindings = [...code.matchAll(pattern)].map((match): WgslBinding => ({
    name: match[4]!,
    binding: Number(match[1]),
    access: match[2] === "uniform" ? "uniform" : match[3] === "read_write" ? "read_write" : "read",
  }));
  const attributes = code.match(/@binding\b/g)?.length ?? 0;
  if (attributes !== bindings.length) {
    throw new Error(
      "every binding must read `@group(0) @binding(0) var<storage, read> name`, `read_write` or `var<uniform>`",
    );
  }
  return bindings.sort((a, b) => a.binding - b.binding);
}
