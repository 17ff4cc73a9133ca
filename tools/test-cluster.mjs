#!/usr/bin/env node
// Sees to it that the tests which start a Slurm cluster of this machine can run: installs Debian's packages where that
// can be done without asking (apt and root). Elsewhere it says what to install, and those tests do not run.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readOperatingSystem, usesApt } from "./bootstrap/operating-system.mjs";
import { aptGet, rootPrefix, run } from "./bootstrap/shell.mjs";

const packages = ["slurm-wlm", "munge"];
const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
const isThere = ["munged", "slurmctld", "slurmd", "sbatch"].every((name) =>
  folders.some((folder) => existsSync(join(folder, name))),
);

/** @returns {boolean} false where it cannot */
function install() {
  const asRoot = usesApt(readOperatingSystem()) ? rootPrefix() : null;
  if (asRoot === null) return false;
  console.log("Installing Slurm for the tests of studies on a cluster.");
  const apt = aptGet(asRoot);
  run([...apt, "update"]);
  return run([...apt, "install", "-y", "--no-install-recommends", ...packages]);
}

if (!isThere && !install()) {
  console.warn(
    "The tests of studies on a cluster do not run: they want Slurm and MUNGE " +
      `(Debian, Ubuntu, as root: apt-get install ${packages.join(" ")}).`,
  );
}
