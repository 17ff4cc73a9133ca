import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseWgsl, type WgslModule } from "./module.ts";

/**
 * Reads and parses a `.wgsl` file beside a module: `readWgsl(import.meta.url, "./01-naive.wgsl")`. The only place where a
 * kernel's files are read.
 * @throws naming the file, where it is missing or cannot be parsed
 */
export function readWgsl(moduleUrl: string, path: string): WgslModule {
  const file = fileURLToPath(new URL(path, moduleUrl));
  try {
    return parseWgsl(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
