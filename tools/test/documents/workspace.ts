import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { workspaceRoot } from "../../bootstrap/shell.mjs";

interface Manifest {
  readonly nx?: { readonly name?: string; readonly targets?: Readonly<Record<string, unknown>> };
  readonly scripts?: Readonly<Record<string, string>>;
}

const skipped = new Set(["node_modules", "runs", "demo-data", "coverage"]);

function filesIn(folder: string): string[] {
  return readdirSync(join(workspaceRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return skipped.has(entry.name) || entry.name.startsWith(".") ? [] : filesIn(path);
  });
}

/** The files of the workspace relative to it, without what is installed, cached or a run's. */
export const files: readonly string[] = filesIn(".");

export const readText = (file: string): string => readFileSync(join(workspaceRoot, file), "utf8");

const manifestOf = (file: string): Manifest => JSON.parse(readText(file)) as Manifest;

/** The targets of each Nx project by its name, and its folder; the starter kernel becomes one when it is copied. */
export const projects: ReadonlyMap<string, { readonly root: string; readonly targets: ReadonlySet<string> }> = new Map(
  files
    .filter((file) => file.endsWith("package.json"))
    .map((file) => ({ root: dirname(file), nx: manifestOf(file).nx }))
    .filter(({ nx }) => nx?.name !== undefined)
    .map(({ root, nx }) => [nx!.name!, { root, targets: new Set(Object.keys(nx?.targets ?? {})) }]),
);

export const npmScripts: ReadonlySet<string> = new Set(Object.keys(manifestOf("package.json").scripts ?? {}));
