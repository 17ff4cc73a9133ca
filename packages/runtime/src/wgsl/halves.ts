import { applyEdits, type Edit } from "./edits.ts";
import { blankComments, closingOf } from "./source.ts";

/** The types of an element in a rung's file, and those that stand for them where its tensor is f16. */
const halfOf: Readonly<Record<string, string>> = { f32: "f16", vec4f: "vec4<f16>" };

const declarationOf = (code: string, name: string): RegExpExecArray | null =>
  new RegExp(`var<storage, read(?:_write)?> ${name}: array<([^;]+)>;`).exec(code);

/** Whether a file itself binds a tensor as f16, as one that matrix units load from memory. @param code without comments */
export const bindsHalves = (code: string, name: string): boolean =>
  /^(f16|vec[24]<f16>)$/.test(declarationOf(code, name)?.[1] ?? "");

/** Where an expression goes on behind the bracket that opens at `open`. */
function behindBracket(code: string, open: number): number {
  const close = closingOf(code, open);
  if (close === code.length) throw new Error("a bracket is left open");
  return close + 1;
}

/** What declares `name` as f16 and converts at each of its uses: f32 where it is read, f16 where it is assigned. Nothing where it is declared so. */
function editsFor(code: string, name: string): Edit[] {
  if (bindsHalves(code, name)) return [];
  const declaration = declarationOf(code, name);
  const type = declaration?.[1] ?? "";
  const half = halfOf[type];
  if (!declaration || half === undefined)
    throw new Error(`"${name}" cannot be stored as f16: it is bound as no array<f32> or array<vec4f>`);
  const declared = declaration.index + declaration[0].length;
  const edits: Edit[] = [{ at: declared - type.length - 2, text: half, length: type.length }];
  for (const { index } of code.matchAll(new RegExp(`(?<![\\w.])${name}\\b`, "g"))) {
    if (index > declaration.index && index < declared) continue;
    const open = index + name.length;
    const end = code[open] === "[" ? behindBracket(code, open) : -1;
    const [, component = "", operator] = /^(\.[xyzw])?\s*([-+*/%&|^]?=)(?!=)/.exec(code.slice(end)) ?? [];
    if (end < 0 || (operator !== undefined && operator !== "="))
      throw new Error(
        `"${name}" cannot be stored as f16: it is used other than as ${name}[i], ${name}[i] = value and ${name}[i].x = value`,
      );
    if (operator === undefined) {
      edits.push({ at: index, text: `${type}(` }, { at: end, text: ")" });
      continue;
    }
    const value = code.indexOf("=", end) + 1; // before the blank, where no read begins
    const semicolon = code.indexOf(";", value);
    edits.push({ at: value, text: ` ${component === "" ? half : "f16"}(` }, { at: semicolon, text: ")" });
  }
  return edits;
}

/**
 * A module in which some tensors are stored as f16: bound as halves, widened to f32 where they are read, exactly, and
 * rounded where they are written; all arithmetic stays as it stands. Lines keep their numbers. A rung's file is thus
 * the rung in f32, and the same rung over halves needs no file of its own.
 * @param names of bindings
 * @throws where a tensor is bound or used in a way that is not followed here
 */
export function withHalves(source: string, names: readonly string[]): string {
  const code = blankComments(source);
  const edited = applyEdits(
    source,
    names.flatMap((name) => editsFor(code, name)),
  );
  // Directives stand before all else; comments may stand before them.
  return /^\s*enable f16;/m.test(code) ? edited : `enable f16; ${edited}`;
}
