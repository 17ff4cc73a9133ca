import { readdirSync } from "node:fs";
import { sep } from "node:path";

/** A project's TypeScript and JavaScript files, relative to its root, with `/` between folders. */
export function sourceFiles(projectRoot: string): string[] {
  return readdirSync(projectRoot, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.(tsx?|mts|cts|js|mjs|cjs)$/.test(path) && !path.split("/").includes("node_modules"))
    .sort();
}
