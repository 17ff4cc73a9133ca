import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
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

/** The hash of every source file that may run, whether git knows it or not. */
export function hashOfSources(home = fledge): string {
  const folders = ["packages", "kernels"].flatMap((floor) =>
    readdirSync(join(home, floor)).map((project) => join(floor, project, "src")),
  );
  const files = folders.flatMap((folder) => {
    const entries = existsSync(join(home, folder)) ? readdirSync(join(home, folder), { recursive: true }) : [];
    return entries.map((entry) => join(folder, String(entry))).filter((file) => /\.(ts|wgsl)$/.test(file));
  });
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash
      .update(`${file.replaceAll(sep, "/")}\0`)
      .update(readFileSync(join(home, file)))
      .update("\0");
  }
  return hash.digest("hex");
}
