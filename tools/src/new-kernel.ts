// Makes a kernel project that passes every check: `npm run new-kernel leaky-relu`. What it makes is a copy of
// tools/starter-kernel, which computes a square; its own tests run with those of the tools.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { OptionsError, runCommand } from "@fledge/bench/command-line";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { createKernel } from "./create-kernel.ts";

const usage = "npm run new-kernel NAME, in small letters with hyphens: leaky-relu";

await runCommand(usage, async ([name, ...rest]) => {
  if (name === undefined || rest.length > 0) throw new OptionsError(`usage: ${usage}`);
  await createKernel(join(workspaceRoot, "tools", "starter-kernel"), join(workspaceRoot, "kernels"), name);
  // Links the new project into node_modules and into the lockfile.
  const { status } = spawnSync("npm", ["install"], {
    cwd: workspaceRoot,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new OptionsError(`kernels/${name} was made, but npm install failed; run it again`);
  console.log(`Made kernels/${name}. It computes a square: put your operator in its place, src/reference.ts first.`);
  console.log(`  npx nx test ${name}\n  npx nx bench ${name}`);
});
