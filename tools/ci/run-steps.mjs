import { duration } from "./duration.mjs";
import { runScript } from "./run-script.mjs";

/**
 * Runs npm scripts one after another, also after one has failed, and says of each how long it took.
 * @param {readonly string[]} scripts
 * @param {number} [deadlineMs] as `runScript` takes it
 * @returns {Promise<import("./junit.mjs").Step[]>}
 */
export async function runSteps(scripts, deadlineMs) {
  const steps = [];
  for (const script of scripts) {
    const start = performance.now();
    const passed = await runScript(script, deadlineMs);
    const seconds = (performance.now() - start) / 1000;
    steps.push({ name: `npm run ${script}`, passed, seconds });
    console.log(`${passed ? "passed" : "FAILED"}  npm run ${script}, ${duration(seconds)}`);
  }
  return steps;
}
