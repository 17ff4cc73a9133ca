import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Reads a `.wgsl` file beside a module: `readWgsl(import.meta.url, "./01-naive.wgsl")`. */
export function readWgsl(moduleUrl: string, path: string): string {
  return readFileSync(fileURLToPath(new URL(path, moduleUrl)), "utf8");
}

const blanked = new Map<string, string>();

/**
 * The source with its comments blanked out, every other character in its place. Block comments nest, as in WGSL.
 * Remembered by source: a network plans the same few modules hundreds of times.
 */
export function blankComments(source: string): string {
  let result = blanked.get(source);
  if (result === undefined) blanked.set(source, (result = blank(source)));
  return result;
}

function blank(source: string): string {
  let inLine = false;
  let depth = 0;
  return source.replace(/\/\/|\/\*|\*\/|\n|./g, (token) => {
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
