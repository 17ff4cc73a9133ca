// The whole of `.ci/run`: the tests, the checks and the benchmarks. Each check, and the benchmarks together, count as
// one test besides the tests themselves. Closes with `N passed, N failed`.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { workspaceRoot } from "./bootstrap/shell.mjs";
import { checks } from "./check.mjs";
import { countTests } from "./ci/count-tests.mjs";
import { writeSteps } from "./ci/junit.mjs";
import { runSteps } from "./ci/run-steps.mjs";

const usage = `.ci/run [--junit <folder>]

Everything that a change must pass, on this checkout: npm test, each check of npm run check, npm run bench.
No result of another run is taken, nothing is read from stdin, and the last line is "N passed, N failed".
Exit code 0 where nothing failed, else 1. It ends itself after 52 minutes.

  --junit <folder>  write JUnit XML there: a file for each project's tests, and ci.xml for checks and benchmarks;
                    FLEDGE_JUNIT=<folder> does the same
  --help            this`;

/** @returns {{ junit: string | undefined }} */
function options() {
  try {
    const { values } = parseArgs({ options: { junit: { type: "string" }, help: { type: "boolean", short: "h" } } });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const given = values.junit ?? process.env["FLEDGE_JUNIT"];
    return { junit: given === undefined || given === "" ? undefined : resolve(given) };
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n\n${usage}`);
    process.exit(1);
  }
}

const { junit } = options();
if (junit !== undefined) process.env["FLEDGE_JUNIT"] = junit;

/** An hour is what CI grants; the closing line must still be written within it. */
const deadlineMs = Date.now() + 52 * 60_000;
const reports = join(workspaceRoot, ".cache", "test-results");

console.log(`Tests, checks and benchmarks of ${workspaceRoot}`);
rmSync(reports, { recursive: true, force: true });
const [tests] = await runSteps(["test"], deadlineMs);
const { passed: testCount, failures } = countTests(reports, workspaceRoot);
let passed = testCount;
if (failures.length === 0 && (!tests?.passed || testCount === 0))
  failures.push("npm test, outside of the tests it counted");

const steps = await runSteps([...checks, "bench"], deadlineMs);
for (const step of steps) {
  if (step.passed) passed += 1;
  else failures.push(step.name);
}
if (junit !== undefined) writeSteps(junit, steps);

console.log("");
for (const failure of failures) console.log(`FAILED  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
