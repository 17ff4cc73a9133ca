// Runs a project's `*.bench.ts` scripts one after the other: `nx bench <project> [-- arguments for each script]`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { sourceFiles } from "./source-files.ts";

const [projectRoot = "", ...args] = process.argv.slice(2);
const scripts = sourceFiles(projectRoot).filter((path) => path.endsWith(".bench.ts"));
if (scripts.length === 0) {
  console.error(`${projectRoot} has a bench target and no *.bench.ts: write one, or take the target out of its package.json`);
  process.exit(1);
}

const failed = scripts.filter((script) => {
  const command = ["--import", "tsx", join(projectRoot, script), ...args];
  console.log(`\n$ node ${command.join(" ")}`);
  return spawnSync(process.execPath, command, { stdio: ["ignore", "inherit", "inherit"] }).status !== 0;
});
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
