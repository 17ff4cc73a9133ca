import { constantValue } from "@fledge/runtime";

/** A variable's type, taken apart: arrays from the outside in, and what lies in them. */
export interface VariableType {
  /** Lengths of its arrays, the outermost first; null where it is as long as the buffer. */
  readonly lengths: readonly (number | null)[];
  /** What lies in the innermost array, as it is written: `vec4f`, `Moments`. */
  readonly element: string;
  /** Components of a vector; 1 of anything else. */
  readonly width: number;
  /** Of one element; null of a struct, whose size is not followed here. */
  readonly bytes: number | null;
}

const scalarBytes: Readonly<Record<string, number>> = { u32: 4, i32: 4, f32: 4, f16: 2, u: 4, i: 4, f: 4, h: 2 };

/** Where the bracket that stands at `open` closes, one of `(`, `[`, `{`. */
export function closingOf(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i += 1) {
    if ("([{".includes(code[i]!)) depth += 1;
    else if (")]}".includes(code[i]!) && (depth -= 1) === 0) return i;
  }
  return code.length;
}

/** Splits at commas outside of brackets, those of templates too. */
export function splitList(text: string): string[] {
  let depth = 0;
  const parts = [""];
  for (const character of text) {
    if ("<([".includes(character)) depth += 1;
    else if (">)]".includes(character)) depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** The value of an expression of a module's constants; null where it holds anything else. */
export type Evaluate = (expression: string) => number | null;

export function evaluatorOf(code: string): Evaluate {
  const expressions = new Map(
    [...code.matchAll(/\bconst (\w+)\s*(?::[^=;]+)?=\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!]),
  );
  const value = (expression: string): number => constantValue(expression, (name) => value(expressions.get(name) ?? ""));
  return (expression) => {
    try {
      return value(expression);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
}

/** Takes a type apart. @throws RangeError where an array's length is no constant */
export function typeOf(text: string, evaluate: Evaluate): VariableType {
  const [, name = "", inner = ""] = /^(\w+)\s*(?:<(.*)>)?$/s.exec(text.trim()) ?? [];
  if (name === "atomic") return typeOf(inner, evaluate);
  if (name === "array") {
    const [element = "", length] = splitList(inner);
    const of = typeOf(element, evaluate);
    const count = length === undefined ? null : evaluate(length);
    if (length !== undefined && count === null) throw new RangeError(`the length of ${text} is not known here`);
    return { ...of, lengths: [count, ...of.lengths] };
  }
  const vector = /^vec([234])([uifh]?)$/.exec(name);
  const scalar = scalarBytes[vector ? vector[2]! || inner.trim() : name];
  const width = vector ? Number(vector[1]) : 1;
  // A vector of three takes the room of four.
  const bytes = scalar === undefined ? null : scalar * (width === 3 ? 4 : width);
  return { lengths: [], element: text.trim(), width, bytes };
}
