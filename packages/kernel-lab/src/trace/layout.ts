import { constantsOf, plainType, splitList, type TensorSpec } from "@fledge/runtime";

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

/** The value of an expression of a module's constants; null where it holds anything else. */
export type Evaluate = (expression: string) => number | null;

export function evaluatorOf(code: string): Evaluate {
  const value = constantsOf(code);
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
  const { width, scalarBytes } = plainType(name, inner);
  // A vector of three takes the room of four.
  const bytes = scalarBytes === null ? null : scalarBytes * (width === 3 ? 4 : width);
  return { lengths: [], element: text.trim(), width, bytes };
}

/** A buffer as the module's type has it: one of words that is bound as halves has two cells to a word. */
export function boundAs(spec: TensorSpec, typeText: string): TensorSpec {
  if (spec.dtype !== "u32" || !/\bf16\b/.test(typeText)) return spec;
  return { shape: [...spec.shape.slice(0, -1), 2 * spec.shape.at(-1)!], dtype: "f16" };
}
