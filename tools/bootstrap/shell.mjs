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
export const succeeds = ([file = "", ...args]) => spawnSync(file, args, { stdio: "ignore" }).status === 0;
