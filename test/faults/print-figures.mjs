// `npm run faults`: the long form of the tests in this folder, and the figures that docs/reliability.md holds.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const args = [vitest, "run", "--root", "test", "faults", "--disable-console-intercept", ...process.argv.slice(2)];
const { stdout, status } = spawnSync(process.execPath, args, {
  cwd: root,
  env: { FLEDGE_FAULTS: "long", ...process.env },
  stdio: ["ignore", "pipe", "inherit"],
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
const figures = stdout.split("\n").filter((line) => line.startsWith("faults: "));
console.log(status === 0 ? figures.join("\n") : stdout);
process.exitCode = status ?? 1;
