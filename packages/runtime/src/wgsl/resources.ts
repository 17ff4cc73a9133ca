import { constantsOf } from "./constant-value.ts";
import { mentionedByEntryPoints } from "./entry-points.ts";
import type { WgslModule } from "./module.ts";
import { plainType } from "./plain-type.ts";
import { blankComments, splitList } from "./source.ts";

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

/** Constant expressions and types of a module. Its methods throw a RangeError where they cannot tell. */
class Sizes {
  readonly value: (expression: string) => number;
  readonly #structs: ReadonlyMap<string, string>;

  constructor(code: string) {
    this.value = constantsOf(code);
    const structs = [...code.matchAll(/\bstruct (\w+)\s*\{([^}]*)\}/g)];
    this.#structs = new Map(structs.map((match) => [match[1]!, match[2]!]));
  }

  layout(type: string): TypeLayout {
    const [, name = "", inner = ""] = /^(\w+)(?:<(.*)>)?$/s.exec(type.trim()) ?? [];
    if (name === "array") {
      const [element = "", count = ""] = splitList(inner);
      const { bytes, align } = this.layout(element);
      return { bytes: roundUp(bytes, align) * this.value(count), align };
    }
    if (name === "atomic") return this.layout(inner);
    const struct = this.#structs.get(name);
    if (struct !== undefined) return this.#structLayout(splitList(struct));
    const { width, scalarBytes } = plainType(name, inner);
    if (scalarBytes === null) throw new RangeError(`the size of ${type} is not known here`);
    return { bytes: scalarBytes * width, align: scalarBytes * (width === 3 ? 4 : width) };
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
        splitList(match[1]!).reduce((product, part) => product * sizes.value(part), 1),
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
    invocations: number(() => splitList(size).reduce((product, part) => product * sizes.value(part), 1)),
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
