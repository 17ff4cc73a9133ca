// The whole of `.ci/run`: runs the steps, each of which counts as one test besides the tests themselves,
// and closes with `N passed, N failed`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./bootstrap/shell.mjs";
import { countTests } from "./ci/count-tests.mjs";
import { runScript } from "./ci/run-script.mjs";
import { checks } from "./check.mjs";

/** An hour is what CI grants; the closing line must still be written within it. */
const deadlineMs = Date.now() + 52 * 60_000;
const results = join(workspaceRoot, ".cache", "test-results");

rmSync(results, { recursive: true, force: true });
/** @type {[name: string, passed: boolean][]} */
const steps = [];
for (const script of ["test", ...checks, "bench"]) {
  steps.push([`npm run ${script}`, await runScript(script, deadlineMs)]);
}

const tests = countTests(results);
console.log("");
for (const [name, ok] of steps) console.log(`${ok ? "passed" : "FAILED"}  ${name}`);
for (const failure of tests.failures) console.log(`FAILED  ${failure}`);
if (tests.passed === 0) console.log("FAILED  no test passed");
const passed = tests.passed + steps.filter(([, ok]) => ok).length;
const failed = tests.failures.length + steps.filter(([, ok]) => !ok).length + (tests.passed === 0 ? 1 : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
