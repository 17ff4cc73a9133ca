import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One `@group(0)` variable of a module. Its name is the kernel tensor's name; that is the only place where it is written. */
export interface WgslBinding {
  readonly name: string;
  readonly binding: number;
  readonly access: "read" | "read_write" | "uniform";
}

export interface WgslField {
  readonly name: string;
  readonly type: "u32" | "i32" | "f32";
}

/** Reads a `.wgsl` file beside a module: `readWgsl(import.meta.url, "./01-naive.wgsl")`. */
export function readWgsl(moduleUrl: string, path: string): string {
  return readFileSync(fileURLToPath(new URL(path, moduleUrl)), "utf8");
}

const withoutComments = (source: string): string => source.replace(/\/\/[^\n]*/g, "");

/** The module's `@group(0)` variables in binding order. */
export function bindingsOf(source: string): WgslBinding[] {
  const pattern = /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)/g;
  const bindings = [...withoutComments(source).matchAll(pattern)].map((match): WgslBinding => ({
    name: match[4]!,
    binding: Number(match[1]),
    access: match[2] === "uniform" ? "uniform" : match[3] === "read_write" ? "read_write" : "read",
  }));
  return bindings.sort((a, b) => a.binding - b.binding);
}

/** Fields of `struct Params`, all four-byte scalars; empty where the module has none. */
export function paramsOf(source: string): WgslField[] {
  const struct = /struct\s+Params\s*\{([^}]*)\}/.exec(withoutComments(source));
  if (!struct) return [];
  const fields = struct[1]!.split(",").map((field) => field.trim()).filter((field) => field !== "");
  return fields.map((field) => {
    const match = /^(\w+)\s*:\s*(u32|i32|f32)$/.exec(field);
    if (!match) throw new Error(`struct Params: "${field}" is not a u32, i32 or f32 scalar`);
    return { name: match[1]!, type: match[2] as WgslField["type"] };
  });
}

/** Packs `values` as `struct Params` lays them out; a missing or an unknown name is an error. */
export function packParams(fields: readonly WgslField[], values: Readonly<Record<string, number>>): ArrayBuffer {
  const unknown = Object.keys(values).filter((name) => !fields.some((field) => field.name === name));
  if (unknown.length > 0) throw new Error(`struct Params has no field ${unknown.join(", ")}`);
  const bytes = new DataView(new ArrayBuffer(Math.ceil(fields.length / 4) * 16));
  fields.forEach(({ name, type }, index) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for Params.${name}`);
    if (type === "f32") bytes.setFloat32(index * 4, value, true);
    else if (type === "i32") bytes.setInt32(index * 4, value, true);
    else bytes.setUint32(index * 4, value, true);
  });
  return bytes.buffer;
}

const constantPattern = /^(\s*const\s+)(\w+)(\s*(?::\s*\w+\s*)?=\s*)(-?[\d.]+(?:e-?\d+)?)([uif]?)(\s*;)/;

/** Numeric module constants of the `const` block by name: `const BM = 64u;` gives `{ BM: 64 }`. */
export function constantsOf(source: string): Record<string, number> {
  const constants: Record<string, number> = {};
  for (const statement of source.split("\n").flatMap((line) => line.split(/(?<=;)/))) {
    const match = constantPattern.exec(statement);
    if (match && /^const/.test(statement.trimStart()) && /^[A-Z]/.test(match[2]!)) constants[match[2]!] = Number(match[4]);
  }
  return constants;
}

/** The module with constants replaced by name, literal suffixes kept; an unknown name is an error. */
export function withConstants(source: string, values: Readonly<Record<string, number>>): string {
  const missing = new Set(Object.keys(values));
  const replaced = source
    .split("\n")
    .map((line) =>
      line
        .split(/(?<=;)/)
        .map((statement) =>
          statement.replace(constantPattern, (whole, head, name: string, equals, _old, suffix: string, end) => {
            const value = values[name];
            if (value === undefined) return whole;
            missing.delete(name);
            const literal = suffix === "f" && Number.isInteger(value) ? value.toFixed(1) : String(value);
            return `${head}${name}${equals}${literal}${suffix}${end}`;
          }),
        )
        .join(""),
    )
    .join("\n");
  if (missing.size > 0) throw new Error(`the WGSL module has no constant ${[...missing].join(", ")} to set`);
  return replaced;
}
