import { existsSync } from "node:fs";
import { join } from "node:path";
import { readOperatingSystem, usesApt } from "./operating-system.mjs";
import { aptGet, rootPrefix, run } from "./shell.mjs";

/** Debian keeps daemons where the path of ordinary users does not lead. */
const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];

/**
 * @param {string} name
 * @returns {boolean} whether there is a program of that name
 */
export const hasProgram = (name) => folders.some((folder) => existsSync(join(folder, name)));

/**
 * Installs Debian's packages that some tests want, where that can be done without asking (apt and root). Elsewhere it
 * says which tests do not run, and what to install.
 * @param {{ tests: string, program: string, packages: readonly string[] }} wanted what the tests are of, what they start
 */
export function installForTests({ tests, program, packages }) {
  const asRoot = usesApt(readOperatingSystem()) ? rootPrefix() : null;
  if (asRoot !== null) {
    console.log(`Installing ${program} for the tests of ${tests}.`);
    const apt = aptGet(asRoot);
    run([...apt, "update"]);
    if (run([...apt, "install", "-y", "--no-install-recommends", ...packages])) return;
  }
  console.warn(
    `The tests of ${tests} do not run: they want ${program} ` +
      `(Debian, Ubuntu, as root: apt-get install ${packages.join(" ")}).`,
  );
}
