import { constantValue } from "./constant-value.ts";
import { mentionedByEntryPoints } from "./entry-points.ts";
import type { WgslModule } from "./module.ts";
import { blankComments } from "./source.ts";

/** What a module takes of a workgroup; null where its text uses what is not followed here. */
interface Resources {
  /** Bytes of all its workgroup variables together; with several entry points also those of each variable. */
  readonly memoryBytes: readonly number[] | null;
  /** Invocations of a workgroup, for each entry point. */
  readonly invocationCounts: readonly number[] | null;
}

interface TypeLayout {
  readonly bytes: number;
  readonly align: number;
}

const roundUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;

const scalars: Readonly<Record<string, number>> = { u32: 4, i32: 4, f32: 4, f16: 2, u: 4, i: 4, f: 4, h: 2 };

/** Splits at commas that stand in no brackets. */
function splitArguments(text: string): string[] {
  let depth = 0;
  const parts = [""];
  for (const character of text) {
    if ("<(".includes(character)) depth += 1;
    if (">)".includes(character)) depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** What stands behind each name that the pattern finds. */
const named = (code: string, pattern: RegExp): ReadonlyMap<string, string> =>
  new Map([...code.matchAll(pattern)].map((match) => [match[1]!, match[2]!]));

/** Constant expressions and types of a module. Its methods throw a RangeError where they cannot tell. */
class Sizes {
  readonly #expressions: ReadonlyMap<string, string>;
  readonly #structs: ReadonlyMap<string, string>;

  constructor(code: string) {
    this.#expressions = named(code, /\bconst (\w+)\s*(?::[^=;]+)?=\s*([^;]+);/g);
    this.#structs = named(code, /\bstruct (\w+)\s*\{([^}]*)\}/g);
  }

  value(expression: string): number {
    return constantValue(expression, (name) => this.value(this.#expressions.get(name) ?? ""));
  }

  layout(type: string): TypeLayout {
    const [, name = "", inner = ""] = /^(\w+)(?:<(.*)>)?$/s.exec(type.trim()) ?? [];
    if (name === "array") {
      const [element = "", count = ""] = splitArguments(inner);
      const { bytes, align } = this.layout(element);
      return { bytes: roundUp(bytes, align) * this.value(count), align };
    }
    if (name === "atomic") return this.layout(inner);
    const struct = this.#structs.get(name);
    if (struct !== undefined) return this.#structLayout(splitArguments(struct));
    const vector = /^vec([234])([uifh]?)$/.exec(name);
    const scalar = scalars[vector ? vector[2]! || inner : name];
    if (scalar === undefined) throw new RangeError(`the size of ${type} is not known here`);
    const count = vector ? Number(vector[1]) : 1;
    return { bytes: scalar * count, align: scalar * (count === 3 ? 4 : count) };
  }

  #structLayout(fields: readonly string[]): TypeLayout {
    let [bytes, align] = [0, 1];
    for (const field of fields) {
      const one = this.layout(field.slice(field.indexOf(":") + 1));
      bytes = roundUp(bytes, one.align) + one.bytes;
      align = Math.max(align, one.align);
    }
    return { bytes: roundUp(bytes, align), align };
  }
}

function orNull(numbers: () => readonly number[]): readonly number[] | null {
  try {
    return [...new Set(numbers())];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Reads off a module's text what its workgroups take, by the constants that stand in the file. */
export function findResources({ code, entryPoints }: Pick<WgslModule, "code" | "entryPoints">): Resources {
  const sizes = new Sizes(code);
  return {
    memoryBytes: orNull(() => {
      const variables = [...code.matchAll(/var<workgroup>\s*\w+\s*:\s*([^;=]+);/g)];
      const each = variables.map((match) => sizes.layout(match[1]!).bytes);
      const total = each.reduce((sum, bytes) => sum + bytes, 0);
      return entryPoints.size > 1 ? [total, ...each] : [total];
    }),
    invocationCounts: orNull(() =>
      [...code.matchAll(/@workgroup_size\(([^)]*)\)/g)].map((match) =>
        splitArguments(match[1]!).reduce((product, part) => product * sizes.value(part), 1),
      ),
    ),
  };
}

/** What a workgroup of one entry point takes; null where the text does not tell. */
export interface WorkgroupNeeds {
  readonly memoryBytes: number | null;
  readonly invocations: number | null;
}

function needsIn(code: string, entryPoint: string): WorkgroupNeeds {
  const sizes = new Sizes(code);
  const names = mentionedByEntryPoints(code).get(entryPoint) ?? new Set<string>();
  const variables = [...code.matchAll(/var<workgroup>\s*(\w+)\s*:\s*([^;=]+);/g)].filter(([, name]) =>
    names.has(name!),
  );
  const size = new RegExp(`@workgroup_size\\(([^)]*)\\)[^{};]*\\bfn\\s+${entryPoint}\\b`).exec(code)?.[1] ?? "";
  const number = (compute: () => number): number | null => orNull(() => [compute()])?.[0] ?? null;
  return {
    memoryBytes: number(() => variables.reduce((sum, [, , type]) => sum + sizes.layout(type!).bytes, 0)),
    invocations: number(() => splitArguments(size).reduce((product, part) => product * sizes.value(part), 1)),
  };
}

const known = new WeakMap<WgslModule, Map<string, WorkgroupNeeds>>();

/** What a workgroup of an entry point takes with constants set by name. @throws what `withConstants` throws */
export function workgroupNeeds(
  module: WgslModule,
  entryPoint: string,
  constants: Readonly<Record<string, number>>,
): WorkgroupNeeds {
  let ofModule = known.get(module);
  if (!ofModule) known.set(module, (ofModule = new Map()));
  const key = `${entryPoint} ${JSON.stringify(constants)}`;
  let needs = ofModule.get(key);
  if (!needs) ofModule.set(key, (needs = needsIn(blankComments(module.withConstants(constants)), entryPoint)));
  return needs;
}
