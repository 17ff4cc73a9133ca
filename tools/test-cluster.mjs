#!/usr/bin/env node
// Sees to it that the tests which start a Slurm cluster of this machine can run: installs Debian's packages where that
// can be done without asking (apt and root). Elsewhere it says what to install, and those tests do not run.
import { takesNoOptions } from "./ci/takes-no-options.mjs";
import { hasProgram, installForTests } from "./bootstrap/test-packages.mjs";

takesNoOptions("node tools/test-cluster.mjs");

if (!["munged", "slurmctld", "slurmd", "sbatch"].every(hasProgram))
  installForTests({ tests: "studies on a cluster", program: "Slurm and MUNGE", packages: ["slurm-wlm", "munge"] });
