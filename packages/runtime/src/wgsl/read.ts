import { door } from "#door";
import { parseWgsl, type WgslModule } from "./module.ts";

/**
 * Reads and parses a `.wgsl` file beside a module: `readWgsl(import.meta.url, "./01-naive.wgsl")`. The only place where a
 * kernel's files are read.
 * @throws naming the file, where it is missing or cannot be parsed
 */
export function readWgsl(moduleUrl: string, path: string): WgslModule {
  const file = new URL(path, moduleUrl);
  try {
    return parseWgsl(door.readText(file));
  } catch (error) {
    throw new Error(`${decodeURIComponent(file.pathname)}: ${(error as Error).message}`, { cause: error });
  }
}
