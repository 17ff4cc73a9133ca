import { lstatSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import envPaths from "env-paths";
import { canWriteIn } from "../../bin/compiled-sources.mjs";

const checkout = join(import.meta.dirname, "../../../..");

/** The folder that Mesa keeps compiled shaders in (src/util/disk_cache_os.c of Mesa). */
function mesaFolder(env: NodeJS.ProcessEnv): string {
  if (env["MESA_SHADER_CACHE_DIR"]) return env["MESA_SHADER_CACHE_DIR"];
  return env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
}

/** What lies there is run as it is: nobody else may have put it there. */
function isOwn(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return uid === process.geteuid!() && (mode & 0o022) === 0;
}

/** Folders of this user's, the best first. */
const stead = (env: NodeJS.ProcessEnv): string[] => [
  join(env["FLEDGE_CACHE"] || envPaths("fledge", { suffix: "" }).cache, "mesa"),
  join(checkout, ".cache", "mesa"),
  join(tmpdir(), `fledge-mesa-${process.geteuid!()}`),
];

/**
 * Mesa compiles every shader at every start, which takes it most of a minute on a busy machine, where it cannot keep
 * what it has compiled: no home, or one that cannot be written to. It is then given another folder, before it is loaded.
 * @returns what to do where there is no such folder; null where it has one, or needs none
 */
export function keepCompiledShaders(env: NodeJS.ProcessEnv = process.env, folders = stead(env)): string | null {
  if (process.platform !== "linux" || /^(1|true)$/i.test(env["MESA_SHADER_CACHE_DISABLE"] ?? "")) return null;
  if (canWriteIn(mesaFolder(env))) return null;
  const folder = folders.find((one) => canWriteIn(one) && isOwn(one));
  if (folder !== undefined) {
    env["MESA_SHADER_CACHE_DIR"] = folder;
    return null;
  }
  return "compiled shaders can be kept nowhere, and each start compiles them anew: name a folder that can be written to in the environment variable FLEDGE_CACHE";
}
