import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "../source-files.ts";

/** A project that has benchmarks. */
export interface BenchProject {
  /** Its name in Nx: `conv2d`. */
  readonly name: string;
  /** Folder relative to the workspace: `kernels/conv2d`. */
  readonly root: string;
  /** Its `*.bench.ts` files, relative to the workspace. */
  readonly scripts: readonly string[];
}

function projectAt(workspace: string, root: string): BenchProject[] {
  const manifest = join(workspace, root, "package.json");
  if (!existsSync(manifest)) return [];
  const { name, nx } = JSON.parse(readFileSync(manifest, "utf8")) as { name: string; nx?: { name?: string } };
  const scripts = sourceFiles(join(workspace, root)).filter((path) => path.endsWith(".bench.ts"));
  return scripts.length === 0
    ? []
    : [{ name: nx?.name ?? name, root, scripts: scripts.map((path) => `${root}/${path}`) }];
}

/** Every project with a `*.bench.ts`, the kernels first. */
export function findBenchProjects(workspace: string): BenchProject[] {
  const inside = (folder: string): string[] =>
    readdirSync(join(workspace, folder))
      .sort()
      .map((name) => `${folder}/${name}`);
  return [...inside("kernels"), ...inside("packages"), "bench"].flatMap((root) => projectAt(workspace, root));
}

/**
 * The projects that `names` ask for, each by its name or its folder; without names all kernels.
 * @throws if a name is no project with benchmarks
 */
export function chooseProjects(projects: readonly BenchProject[], names: readonly string[]): BenchProject[] {
  if (names.length === 0) return projects.filter(({ root }) => root.startsWith("kernels/"));
  return names.map((wanted) => {
    const project = projects.find(({ name, root }) => name === wanted || root === wanted);
    if (project) return project;
    throw new Error(`"${wanted}" has no benchmarks; there are ${projects.map(({ name }) => name).join(", ")}`);
  });
}
