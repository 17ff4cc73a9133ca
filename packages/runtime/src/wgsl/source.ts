import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Reads a `.wgsl` file beside a module: `readWgsl(import.meta.url, "./01-naive.wgsl")`. */
export function readWgsl(moduleUrl: string, path: string): string {
  return readFileSync(fileURLToPath(new URL(path, moduleUrl)), "utf8");
}

/** The source with its comments blanked out, every other character in its place. Block comments may be nested, as in WGSL. */
export function blankComments(source: string): string {
  let depth = 0;
  return source.replace(/\/\*|\*\/|\/\/[^\n]*|[^\n]/g, (token) => {
    const blank = " ".repeat(token.length);
    if (token === "/*") depth += 1;
    else if (token === "*/" && depth > 0) depth -= 1;
    else if (depth === 0 && !token.startsWith("//")) return token;
    return blank;
  });
}
