import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { climbs, nodeOnly, reserved, type Use } from "./floors.ts";
import { packageOf, type Import } from "./imports.ts";
import type { Project } from "./workspace.ts";

export interface SourceFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly imports: readonly Import[];
}

const areaOf = (path: string): string => posix.normalize(path).split("/")[0]!;

/** What is in these does not ship: it tests, times, asks for or compiles what does. */
const unshipped: ReadonlySet<string> = new Set(["test", "bench", "puzzles", "assembly", "build"]);

const useOf = (project: Project, path: string): Use =>
  project.floor === "tool" || unshipped.has(areaOf(path)) ? "test" : "src";

/** What is wrong with the packages that a project's package.json lists. */
export function checkManifest(project: Project, projects: readonly Project[]): string[] {
  const listed = [
    ...[...project.dependencies].map((name) => ({ name, use: "src" as const })),
    ...[...project.devDependencies].map((name) => ({ name, use: "test" as const })),
  ];
  return listed.flatMap(({ name, use }) => {
    const target = projects.find(({ packageName }) => packageName === name);
    const problem = target ? climbs(project, target, use) : reserved(project.name, name);
    return problem === null ? [] : [`${project.root}/package.json: ${problem}`];
  });
}

/**
 * What is wrong with a file's imports. A package must be listed in the project's package.json, whose entries
 * `checkManifest` holds against the floors; so Nx's graph, made from those entries, shows every dependency.
 * @param shared the workspace's own devDependencies, open to tests and benchmarks
 */
export function checkFile(project: Project, file: SourceFile, shared: ReadonlySet<string>): string[] {
  const use = useOf(project, file.path);
  return file.imports.flatMap(({ specifier, line }) => {
    const name = packageOf(specifier);
    const problem =
      name === null ? checkPath(file.path, specifier, use) : checkPackage(project, specifier, name, use, shared);
    return problem === null ? [] : [`${project.root}/${file.path}:${line}: ${problem}`];
  });
}

function checkPath(path: string, specifier: string, use: Use): string | null {
  const target = posix.join(posix.dirname(path), specifier);
  if (posix.isAbsolute(specifier) || target.startsWith("../"))
    return `"${specifier}" leaves the project; import other projects by package name`;
  if (use === "src" && unshipped.has(areaOf(target)))
    return `"${specifier}": code that ships may not import tests or benchmarks`;
  return null;
}

function checkPackage(
  project: Project,
  specifier: string,
  name: string,
  use: Use,
  shared: ReadonlySet<string>,
): string | null {
  if (isBuiltin(specifier)) return nodeOnly(project, specifier, use);
  if (name === project.packageName || project.dependencies.has(name)) return null;
  if (use === "test" && (project.devDependencies.has(name) || shared.has(name))) return null;
  if (project.devDependencies.has(name))
    return `${name} is among ${project.root}/package.json's devDependencies, which only tests and benchmarks may import`;
  return `${name} is not listed in ${project.root}/package.json`;
}
