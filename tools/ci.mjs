// The whole of `.ci/run`: the tests, the checks and the benchmarks. Each check, and the benchmarks together, count as
// one test besides the tests themselves. Closes with `N passed, N failed`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./bootstrap/shell.mjs";
import { checks } from "./check.mjs";
import { countTests } from "./ci/count-tests.mjs";
import { runScript } from "./ci/run-script.mjs";
import { takesNoOptions } from "./ci/takes-no-options.mjs";

takesNoOptions("node tools/ci.mjs");

/** An hour is what CI grants; the closing line must still be written within it. */
const deadlineMs = Date.now() + 52 * 60_000;
const reports = join(workspaceRoot, ".cache", "test-results");

console.log(`Tests, checks and benchmarks of ${workspaceRoot}`);
rmSync(reports, { recursive: true, force: true });
const testsPassed = await runScript("test", deadlineMs);
const { passed: testCount, failures } = countTests(reports, workspaceRoot);
let passed = testCount;
if (failures.length === 0 && (!testsPassed || testCount === 0))
  failures.push("npm test, outside of the tests it counted");

for (const script of [...checks, "bench"]) {
  if (await runScript(script, deadlineMs)) passed += 1;
  else failures.push(`npm run ${script}`);
}

console.log("");
for (const failure of failures) console.log(`FAILED  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
