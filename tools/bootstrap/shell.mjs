import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const workspaceRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A problem whose message already says what to do about it. */
export class BootstrapError extends Error {}

/**
 * Runs a command whose output the reader sees; it gets no stdin, so that it cannot stop and ask.
 * @param {readonly string[]} command
 * @param {{ env?: Record<string, string>, shell?: boolean, cwd?: string }} [options]
 * @returns {boolean} whether it succeeded
 */
export function run([file = "", ...args], { env = {}, shell = false, cwd = workspaceRoot } = {}) {
  console.log(`$ ${[file, ...args].join(" ")}`);
  const { status } = spawnSync(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    shell,
  });
  return status === 0;
}

/**
 * Runs a command in silence.
 * @param {readonly string[]} command
 * @returns {boolean} whether it succeeded
 */
const succeeds = ([file = "", ...args]) => spawnSync(file, args, { stdio: "ignore" }).status === 0;

/** @returns {string[] | null} what to put before a command to run it as root; null where that is not possible */
export function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return succeeds(["sudo", "-n", "true"]) ? ["sudo", "-n"] : null;
}

/**
 * @param {readonly string[]} asRoot
 * @returns {string[]} `apt-get` that asks nothing and waits for another that is at work
 */
export const aptGet = (asRoot) => [
  ...asRoot,
  "env",
  "DEBIAN_FRONTEND=noninteractive",
  "apt-get",
  "-q",
  "-o",
  "DPkg::Lock::Timeout=300",
];
