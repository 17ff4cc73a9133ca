// `npm run check`: runs every check, also after one has failed, and says how long each took and which failed.
import { fileURLToPath } from "node:url";
import { duration } from "./ci/duration.mjs";
import { runSteps } from "./ci/run-steps.mjs";
import { takesNoOptions } from "./ci/takes-no-options.mjs";

/** The npm scripts that look at the code without running it. */
export const checks = ["format", "typecheck", "lint", "floors", "unused", "headers", "links", "notices"];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  takesNoOptions(
    "npm run check",
    `runs ${checks.map((name) => `npm run ${name}`).join(", ")}, each of which can be run alone`,
  );
  const steps = await runSteps(checks);
  console.log("");
  for (const { name, passed, seconds } of steps)
    console.log(`${passed ? "passed" : "FAILED"}  ${name.padEnd(20)} ${duration(seconds)}`);
  process.exit(steps.every(({ passed }) => passed) ? 0 : 1);
}
