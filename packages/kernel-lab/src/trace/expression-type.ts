import { closingOf, splitList } from "@fledge/runtime";

const isVector = (type: string | null): boolean => type !== null && /^(vec|mat)/.test(type);

/** What an array, a vector or a matrix consists of; null of anything else. */
function elementOf(type: string): string | null {
  const [, name = "", inner = ""] = /^(\w+)\s*(?:<(.*)>)?$/s.exec(type) ?? [];
  if (name === "array") return splitList(inner)[0] ?? null;
  const [, kind, rows = "", suffix = ""] = /^(vec|mat\dx)(\d)([uifh]?)$/.exec(name) ?? [];
  if (kind === undefined) return null;
  const scalar = inner || { u: "u32", i: "i32", f: "f32", h: "f16" }[suffix]!;
  return kind === "vec" ? scalar : `vec${rows}<${scalar}>`;
}

function fieldOf(code: string, type: string, field: string): string | null {
  if (isVector(type)) {
    const scalar = elementOf(type);
    return field.length === 1 ? scalar : `vec${field.length}<${scalar}>`;
  }
  const fields = new RegExp(`\\bstruct\\s+${type}\\s*\\{([^}]*)\\}`).exec(code)?.[1] ?? "";
  const found = splitList(fields).find((one) => new RegExp(`\\b${field}\\s*:`).test(one));
  return found?.slice(found.indexOf(":") + 1).trim() ?? null;
}

/** Between operators that stand outside of all brackets. */
function operandsOf(expression: string): string[] {
  let depth = 0;
  const operands = [""];
  for (const character of expression) {
    if ("([".includes(character)) depth += 1;
    else if (")]".includes(character)) depth -= 1;
    if (depth === 0 && "+-*/%&|^~!".includes(character)) operands.push("");
    else operands[operands.length - 1] += character;
  }
  return operands.map((one) => one.trim()).filter((one) => one !== "");
}

/** Of the declaration of `name` that stands last before `at`, a parameter's too. */
function declaredType(code: string, name: string, at: number): string | null {
  const declaration = new RegExp(
    `\\b(?:var(?:<[^>]*>)?|let|const)\\s+${name}\\s*(?::([^;=]+))?(?:=([^;]+))?;|[(,]\\s*(?:@builtin\\(\\w+\\)\\s*)?${name}\\s*:\\s*([\\w<> ]+)`,
    "g",
  );
  const last = [...code.slice(0, at).matchAll(declaration)].at(-1);
  const type = last?.[1] ?? last?.[3];
  if (type !== undefined) return type.trim();
  return last?.[2] === undefined ? null : typeOfExpression(code, last[2], last.index);
}

/** What a call gives: a constructor its type, a function of the module its result, another its first argument's type. */
function calledType(code: string, callee: string, template: string, args: string, at: number): string | null {
  if (/^(vec|mat|array|[uif]32$|f16$|bool$)/.test(callee)) return `${callee}${template}`;
  if (new RegExp(`\\bstruct\\s+${callee}\\b`).test(code)) return callee;
  const result = new RegExp(`\\bfn\\s+${callee}\\s*\\([^{]*\\)\\s*->\\s*([^{]+)\\{`).exec(code)?.[1];
  return result?.trim() ?? typeOfExpression(code, splitList(args)[0] ?? "", at);
}

/** As a variable has it to which it is given: one without a suffix takes another type beside an operand of that. */
const typeOfLiteral = (literal: string): string =>
  ({ u: "u32", i: "i32", f: "f32", h: "f16" })[literal.at(-1)!] ?? (/[.e]/.test(literal) ? "f32" : "i32");

const isLiteral = (operand: string): boolean => /^[\d.]/.test(operand);

function typeOfOperand(code: string, operand: string, at: number): string | null {
  const [head, name = "", template = ""] = /^(\w*)\s*(<[\w\s<>,]*>(?=\s*\())?\s*/.exec(operand)!;
  let next = head.length;
  let type: string | null;
  if (operand[next] === "(") {
    const close = closingOf(operand, next);
    const inside = operand.slice(next + 1, close);
    type = name === "" ? typeOfExpression(code, inside, at) : calledType(code, name, template, inside, at);
    next = close + 1;
  } else type = declaredType(code, name, at);
  while (type !== null && next < operand.length) {
    if (operand[next] === "[") {
      type = elementOf(type);
      next = closingOf(operand, next) + 1;
    } else {
      const field = /^\s*\.\s*(\w+)\s*/.exec(operand.slice(next));
      if (!field) return null;
      type = fieldOf(code, type, field[1]!);
      next += field[0].length;
    }
  }
  return type;
}

/**
 * The type of an expression that stands at `at`, as far as the text of it and of the module's declarations tells; null
 * where it does not. Of several operands a vector decides, or else the first whose type is told, a literal last.
 * @param code without comments
 */
export function typeOfExpression(code: string, expression: string, at: number): string | null {
  const operands = operandsOf(expression);
  const types = operands.filter((one) => !isLiteral(one)).map((operand) => typeOfOperand(code, operand, at));
  const literal = operands.find(isLiteral);
  return types.find(isVector) ?? types.find((type) => type !== null) ?? (literal ? typeOfLiteral(literal) : null);
}
