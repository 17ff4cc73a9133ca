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
