// Runs a project's benchmarks one after the other; `nx bench <project> [-- arguments for each script]`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [projectRoot, ...args] = process.argv.slice(2);
if (projectRoot === undefined) throw new Error("usage: tsx tools/src/run-benches.ts PROJECT_FOLDER [arguments for each script]");

const folder = join(projectRoot, "bench");
const scripts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".bench.ts")).sort() : [];
if (scripts.length === 0) throw new Error(`${projectRoot} has a bench target and no bench/*.bench.ts; write one, or take the target out of its package.json`);

const failed = scripts.filter((script) => {
  const path = join(folder, script);
  console.log(`\n$ tsx ${[path, ...args].join(" ")}`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", path, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
