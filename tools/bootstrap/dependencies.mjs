import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BootstrapError, run, workspaceRoot } from "./shell.mjs";

/**
 * An entry of a lockfile's `packages`, by its folder.
 * @typedef {{ version?: string, resolved?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Folders that `package-lock.json` wants and that are missing from `node_modules` or there in another version.
 * @param {Lockfile} locked `package-lock.json`
 * @param {Lockfile} installed `node_modules/.package-lock.json`, which npm writes last when it has installed
 * @returns {string[]}
 */
export function staleFolders(locked, installed) {
  const there = installed.packages ?? {};
  return Object.entries(locked.packages ?? {})
    .filter(([folder]) => folder.includes("node_modules/"))
    .filter(([folder, wanted]) => {
      const found = there[folder];
      // What another platform needs is locked here too, and never installed.
      if (found === undefined) return !(wanted.optional ?? wanted.devOptional ?? false);
      return wanted.link === true ? found.resolved !== wanted.resolved : found.version !== wanted.version;
    })
    .map(([folder]) => folder);
}

/**
 * @param {string} path
 * @returns {Lockfile}
 */
const readLockfile = (path) => JSON.parse(readFileSync(path, "utf8"));

/**
 * What of the lockfile is not installed.
 * @param {string} folder the workspace's root
 */
function missingIn(folder) {
  const installedPath = join(folder, "node_modules", ".package-lock.json");
  const locked = readLockfile(join(folder, "package-lock.json"));
  return staleFolders(locked, existsSync(installedPath) ? readLockfile(installedPath) : {});
}

/**
 * Installs the locked dependencies with `npm ci` unless they are there already, those for tests too, whatever NODE_ENV
 * and npm's settings leave out.
 * @param {string} [folder] the workspace's root
 */
export function installDependencies(folder = workspaceRoot) {
  const stale = missingIn(folder);
  if (stale.length === 0) return;
  console.log(`Installing the locked dependencies: ${stale.length} are missing or of another version`);
  const [command, options] = npmCi();
  if (!run(command, { ...options, cwd: folder })) {
    throw new BootstrapError(
      "npm ci failed, see its messages above. It needs the network and write access to node_modules.",
    );
  }
  const still = missingIn(folder);
  if (still.length === 0) return;
  throw new BootstrapError(
    `npm ci has left out ${still.length} of the locked dependencies (${still.slice(0, 3).join(", ")}, ...). ` +
      "Look for settings that make it do so: npm config list; env | grep -i npm_config",
  );
}

/** @returns {[string[], { shell?: boolean }]} */
function npmCi() {
  const args = ["ci", "--include=dev", "--include=optional"];
  const cli = process.env["npm_execpath"] ?? "";
  if (cli.endsWith("npm-cli.js")) return [[process.execPath, cli, ...args], {}];
  // On Windows npm is a .cmd file, which only a shell can start.
  return [["npm", ...args], { shell: process.platform === "win32" }];
}
