import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { promisify } from "node:util";

/** The folder of Fledge's sources. */
const fledge = realpathSync(join(import.meta.dirname, "../../../.."));

/** What git says of a folder; the environment of another repository's hook does not redirect it. */
async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  // A checkout of another owner is read all the same; no program that its configuration names is run.
  const options = ["-c", `safe.directory=${folder}`, "-c", "core.fsmonitor=false"];
  try {
    return (await promisify(execFile)("git", [...options, ...args], { cwd: folder, env })).stdout.trim();
  } catch {
    return undefined;
  }
}

/**
 * The commit of the program in `folder`, `+changes` where the working tree differs; "unknown" where the folder is no
 * checkout of its own, though it may lie inside another's.
 */
export async function commitInUse(folder = fledge): Promise<string> {
  const top = await git(folder, "rev-parse", "--show-toplevel");
  if (top === undefined || realpathSync(top) !== folder) return "unknown";
  const commit = await git(folder, "rev-parse", "HEAD");
  if (commit === undefined) return "unknown";
  return (await git(folder, "status", "--porcelain")) === "" ? commit : `${commit}+changes`;
}

let own: Promise<string> | undefined;

/** The commit of the program that runs, asked of git once: a checkout that changes meanwhile does not change what was loaded. */
export const ownCommit = (): Promise<string> => (own ??= commitInUse());

const shortHash = 16;

/** Every project with sources that may run, as `packages/training`, and the hash of them, whether git knows them or not. */
export function hashesOfSources(home = fledge): Record<string, string> {
  const projects = ["packages", "kernels"].flatMap((floor) =>
    readdirSync(join(home, floor))
      .sort()
      .map((name) => `${floor}/${name}`),
  );
  return Object.fromEntries(
    projects
      .filter((project) => existsSync(join(home, project, "src")))
      .map((project) => [project, hashOfFolder(join(home, project, "src"))]),
  );
}

function hashOfFolder(folder: string): string {
  const entries = readdirSync(folder, { recursive: true }).map(String);
  const hash = createHash("sha256");
  for (const file of entries.filter((entry) => /\.(ts|wgsl|wasm)$/.test(entry)).sort()) {
    hash
      .update(`${file.replaceAll(sep, "/")}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, shortHash);
}

/** The installed version of a package; its package.json is read from disk because few packages export it. */
function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, "package.json")).find((candidate) => existsSync(candidate));
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The libraries that decide what is computed and what is read from an image, and their versions. */
export const librariesInUse = (): Record<string, string> => ({
  webgpu: versionOf("webgpu"),
  sharp: versionOf("sharp"),
});

let ownSources: Record<string, string> | undefined;
let ownLibraries: Record<string, string> | undefined;

/** What decides a run's bits besides its settings, its inputs and the adapter. */
export interface Program {
  readonly commit: string;
  /** By project; one hash of them all in runs of an earlier version. */
  readonly sources: Readonly<Record<string, string>> | string;
  readonly libraries: Readonly<Record<string, string>>;
}

/** The program that runs, read once, as its commit is. */
export const programInUse = async (): Promise<Program> => ({
  commit: await ownCommit(),
  sources: (ownSources ??= hashesOfSources()),
  libraries: (ownLibraries ??= librariesInUse()),
});

/** The keys under which two records differ, in order. */
const differing = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]).sort();

/** What differs between two states of the program, a sentence each; empty where it would come to the same bits. */
export function changesOfProgram(before: Program, now: Program): string[] {
  const sources =
    typeof before.sources === "string" || typeof now.sources === "string"
      ? ["all sources"]
      : differing(before.sources, now.sources);
  const libraries = differing(before.libraries, now.libraries).map(
    (name) => `${name} ${now.libraries[name] ?? "is gone"} (was ${before.libraries[name] ?? "not there"})`,
  );
  if (sources.length + libraries.length === 0) return [];
  return [`the program, commit ${now.commit} (was ${before.commit}): ${[...sources, ...libraries].join(", ")}`];
}
