export interface WgslConstant {
  readonly name: string;
  /** Where its literal stands in the source. */
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly suffix: string;
}

const pattern = /\bconst\s+([A-Z]\w*)\s*(?::\s*\w+\s*)?=\s*(-?[\d.]+(?:e[-+]?\d+)?)([uif]?)\s*;/g;

/** The `const` declarations at module scope, those of functions left out, whose value is a number; of code without comments. */
export function constantsIn(code: string): WgslConstant[] {
  let depth = 0;
  let scanned = 0;
  const found: WgslConstant[] = [];
  for (const match of code.matchAll(pattern)) {
    for (; scanned < match.index; scanned += 1) depth += code[scanned] === "{" ? 1 : code[scanned] === "}" ? -1 : 0;
    if (depth > 0) continue;
    const [statement, name, literal, suffix] = match as unknown as [string, string, string, string];
    const start = match.index + statement.lastIndexOf(literal);
    found.push({ name, start, end: start + literal.length, value: Number(literal), suffix });
  }
  return found;
}

function literalOf({ name, suffix }: WgslConstant, value: number): string {
  const fits =
    suffix === "f" || suffix === ""
      ? Number.isFinite(value)
      : Number.isInteger(value) && (suffix === "i" || value >= 0);
  if (!fits) throw new RangeError(`const ${name} cannot be set to ${value}${suffix}`);
  return suffix === "f" && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** The module with constants set by name, suffixes kept. @throws for an unknown name or a value that does not fit */
export function withConstants(
  source: string,
  constants: readonly WgslConstant[],
  values: Readonly<Record<string, number>>,
): string {
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
