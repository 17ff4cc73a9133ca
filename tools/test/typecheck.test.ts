// `npm run typecheck` reads all sources in one go, by a list of its own beside the projects' tsconfig.json.
import { expect, it } from "vitest";
import { files, readText } from "./documents/workspace.ts";

const sources = files.filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file));

/** The files that an entry of `include` or `exclude` names: one, those of a pattern, or all in a folder. */
function filesOf(entry: string): RegExp {
  const parts: Readonly<Record<string, string>> = { "**/": "(?:.+/)?", "*": "[^/]*", ".": "\\." };
  return new RegExp(`^${entry.replace(/\*\*\/|\*|\./g, (part) => parts[part]!)}(?:/.+)?$`);
}

interface Lists {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const lists = JSON.parse(readText("tsconfig.all.json")) as Lists;
const [include, exclude] = [lists.include.map(filesOf), lists.exclude.map(filesOf)];

/** AssemblyScript, whose types are not TypeScript's: its own compiler checks it. */
const isAssemblyScript = (file: string): boolean =>
  file.startsWith("packages/data/assembly/") && file !== "packages/data/assembly/build.ts";

it("tsconfig.all.json has every source of the workspace but the lab's, which are checked for a browser", () => {
  expect(sources.length).toBeGreaterThan(1000);
  const left = sources.filter(
    (file) => !include.some((entry) => entry.test(file)) || exclude.some((entry) => entry.test(file)),
  );
  expect(left.filter((file) => !file.startsWith("packages/lab/") && !isAssemblyScript(file))).toEqual([]);
});

it.each(lists.include)("tsconfig.all.json's %s is there", (entry) => {
  expect(sources.some((file) => filesOf(entry).test(file))).toBe(true);
});
