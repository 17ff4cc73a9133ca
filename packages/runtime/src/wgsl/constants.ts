import { blankComments } from "./source.ts";

interface Constant {
  readonly name: string;
  /** Where its literal stands in the source. */
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly suffix: string;
}

const pattern = /\bconst\s+([A-Z]\w*)\s*(?::\s*\w+\s*)?=\s*(-?[\d.]+(?:e[-+]?\d+)?)([uif]?)\s*;/g;

/** The `const` declarations at module scope, those of functions left out, whose value is a number. */
function declarations(source: string): Constant[] {
  const code = blankComments(source);
  let depth = 0;
  let scanned = 0;
  const found: Constant[] = [];
  for (const match of code.matchAll(pattern)) {
    for (; scanned < match.index; scanned += 1) depth += code[scanned] === "{" ? 1 : code[scanned] === "}" ? -1 : 0;
    if (depth > 0) continue;
    const [statement, name, literal, suffix] = match as unknown as [string, string, string, string];
    const start = match.index + statement.lastIndexOf(literal);
    found.push({ name, start, end: start + literal.length, value: Number(literal), suffix });
  }
  return found;
}

/** Numeric module constants by name, upper case first: `const BM = 64u;` gives `{ BM: 64 }`. */
export function constantsOf(source: string): Record<string, number> {
  return Object.fromEntries(declarations(source).map(({ name, value }) => [name, value]));
}

function literalOf({ name, suffix }: Constant, value: number): string {
  const fits =
    suffix === "f" || suffix === ""
      ? Number.isFinite(value)
      : Number.isInteger(value) && (suffix === "i" || value >= 0);
  if (!fits) throw new RangeError(`const ${name} cannot be set to ${value}${suffix}`);
  return suffix === "f" && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** The module with constants set by name, suffixes kept. @throws for an unknown name or a value that does not fit */
export function withConstants(source: string, values: Readonly<Record<string, number>>): string {
  const constants = declarations(source);
  const missing = Object.keys(values).filter((name) => !constants.some((constant) => constant.name === name));
  if (missing.length > 0) throw new Error(`the WGSL module has no constant ${missing.join(", ")} to set`);
  let replaced = "";
  let copied = 0;
  for (const constant of constants) {
    const value = values[constant.name];
    if (value === undefined) continue;
    replaced += source.slice(copied, constant.start) + literalOf(constant, value);
    copied = constant.end;
  }
  return replaced + source.slice(copied);
}
