// `npm run faults`: the long form of the tests in this folder, and the figures that docs/reliability.md holds.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const usage = `npm run faults -- [options] [FILE...]
  FILE        only test files of this folder with this in their names (default: all)
  -t PATTERN  only tests whose names match
  FLEDGE_FAULTS=N in the environment tries N cases of each kind instead of all`;

/** What vitest is to run. A mistake in the options would end it in a stack trace. */
function chosenTests() {
  const options = /** @type {const} */ ({
    testNamePattern: { type: "string", short: "t" },
    help: { type: "boolean", short: "h" },
  });
  const wanted = process.env["FLEDGE_FAULTS"] ?? "long";
  try {
    if (wanted !== "long" && !(Number(wanted) > 0)) throw new Error(`FLEDGE_FAULTS=${wanted}: give "long" or a number`);
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const files = positionals.length > 0 ? positionals.map((name) => `faults/${name}`) : ["faults"];
    return [...files, ...(values.testNamePattern === undefined ? [] : ["-t", values.testNamePattern])];
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n(--help lists the options)`);
    process.exit(1);
  }
}

const root = join(import.meta.dirname, "..", "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const args = [vitest, "run", "--root", "test", "--disable-console-intercept", ...chosenTests()];
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
