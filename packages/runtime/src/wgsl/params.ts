export interface WgslField {
  readonly name: string;
  readonly type: "u32" | "i32" | "f32";
}

/** Fields of `struct Params` in a module's code without comments, all four-byte scalars; empty where there is none. */
export function paramsIn(code: string): WgslField[] {
  const struct = /struct\s+Params\s*\{([^}]*)\}/.exec(code);
  if (!struct) return [];
  const fields = struct[1]!
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "");
  return fields.map((field) => {
    const match = /^(\w+)\s*:\s*(u32|i32|f32)$/.exec(field);
    if (!match) throw new Error(`struct Params: "${field}" is not a u32, i32 or f32 scalar`);
    return { name: match[1]!, type: match[2] as WgslField["type"] };
  });
}

const ranges = { u32: [0, 0xffffffff], i32: [-0x80000000, 0x7fffffff] } as const;

function checkValue({ name, type }: WgslField, value: number | undefined): asserts value is number {
  if (value === undefined) throw new Error(`no value for Params.${name}`);
  if (type === "f32") return; // NaN too: WGSL has no literal for it, so a kernel that must write NaN is given one.
  const [least, most] = ranges[type];
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`Params.${name} is ${value}, which is no ${type}`);
}

/** Packs `values` as `struct Params` lays them out. @throws for missing and unknown names and values that do not fit */
export function packParams(fields: readonly WgslField[], values: Readonly<Record<string, number>>): ArrayBuffer {
  const unknown = Object.keys(values).filter((name) => !fields.some((field) => field.name === name));
  if (unknown.length > 0) throw new Error(`struct Params has no field ${unknown.join(", ")}`);
  const bytes = new DataView(new ArrayBuffer(Math.ceil(fields.length / 4) * 16));
  fields.forEach((field, index) => {
    const value = values[field.name];
    checkValue(field, value);
    if (field.type === "f32") bytes.setFloat32(index * 4, value, true);
    else if (field.type === "i32") bytes.setInt32(index * 4, value, true);
    else bytes.setUint32(index * 4, value, true);
  });
  return bytes.buffer;
}
