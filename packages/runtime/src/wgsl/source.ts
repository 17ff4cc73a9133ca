/** The source with its comments blanked out, every other character in its place. Block comments nest, as in WGSL. */
export function blankComments(source: string): string {
  let inLine = false;
  let depth = 0;
  return source.replace(/\/\/|\/\*|\*\/|\n|[^/*\n]+|./g, (token) => {
    if (token === "\n") {
      inLine = false;
      return token;
    }
    const outside = !inLine && depth === 0;
    if (token === "//" && outside) inLine = true;
    else if (token === "/*" && !inLine) depth += 1;
    else if (token === "*/" && depth > 0) depth -= 1;
    else if (outside) return token;
    return " ".repeat(token.length);
  });
}

/** Where the bracket that stands at `open` closes, one of `(`, `[`, `{`; the code's length where it never does. */
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
