// `npm run check`: runs every check, also after one has failed, and says which did.
import { fileURLToPath } from "node:url";
import { runScript } from "./ci/run-script.mjs";
import { takesNoOptions } from "./ci/takes-no-options.mjs";

/** The npm scripts that look at the code without running it. */
export const checks = ["format", "typecheck", "lint", "floors", "unused", "headers", "links"];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  takesNoOptions("npm run check");
  const failed = [];
  for (const script of checks) if (!(await runScript(script))) failed.push(script);
  console.log(failed.length === 0 ? `Passed: ${checks.join(", ")}` : `Failed: ${failed.join(", ")}`);
  process.exit(failed.length === 0 ? 0 : 1);
}
