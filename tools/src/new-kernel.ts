// Makes a kernel project that passes every check: `npm run new-kernel leaky-relu`. What it makes is a copy of
// tools/starter-kernel, which computes a square; its own tests run with those of the tools.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { createKernel } from "./create-kernel.ts";

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || rest.length > 0) {
  console.error("usage: npm run new-kernel NAME, in small letters with hyphens: leaky-relu");
  process.exit(1);
}

try {
  await createKernel(join(workspaceRoot, "tools", "starter-kernel"), join(workspaceRoot, "kernels"), name);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
// Links the new project into node_modules and into the lockfile.
const { status } = spawnSync("npm", ["install"], {
  cwd: workspaceRoot,
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (status !== 0) {
  console.error(`kernels/${name} was made, but npm install failed; run it again`);
  process.exit(1);
}
console.log(`Made kernels/${name}. It computes a square: put your operator in its place, src/reference.ts first.`);
console.log(`  npx nx test ${name}\n  npx nx bench ${name}`);
