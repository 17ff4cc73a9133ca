import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@fledge/files";
import { floorOf, type Placed } from "./floors.ts";

export interface Project extends Placed {
  /** Folder relative to the workspace, such as `kernels/conv2d`. */
  readonly root: string;
  /** Name in imports, such as `@fledge/conv2d`. */
  readonly packageName: string;
  /** Packages its `src/` may import. */
  readonly dependencies: ReadonlySet<string>;
  /** Packages its tests and benchmarks may import besides. */
  readonly devDependencies: ReadonlySet<string>;
}

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface NxGraph {
  readonly graph: {
    readonly nodes: Readonly<
      Record<string, { readonly data: { readonly root: string; readonly tags?: readonly string[] } }>
    >;
  };
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** The projects of the workspace as Nx sees them. */
export function loadProjects(workspace: string): Project[] {
  const folder = temporaryFolder("fledge-floors");
  try {
    const file = join(folder, "graph.json");
    const nx = join(workspace, "node_modules", ".bin", "nx");
    // On Windows it is a .cmd file, which only a shell can start.
    const shell = process.platform === "win32";
    execFileSync(nx, ["graph", `--file=${file}`], { cwd: workspace, shell, stdio: ["ignore", "ignore", "inherit"] });
    const { graph } = readJson(file) as NxGraph;
    return Object.entries(graph.nodes).map(([name, { data }]) => {
      const manifest = readJson(join(workspace, data.root, "package.json")) as Manifest;
      return {
        name,
        root: data.root,
        floor: floorOf(name, data.tags ?? []),
        packageName: manifest.name ?? name,
        dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
        devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the workspace itself offers every project's tests and benchmarks, such as vitest. */
export function loadSharedDevDependencies(workspace: string): Set<string> {
  return new Set(Object.keys((readJson(join(workspace, "package.json")) as Manifest).devDependencies ?? {}));
}
