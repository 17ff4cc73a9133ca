import { spawn } from "node:child_process";
import { workspaceRoot } from "../bootstrap/shell.mjs";

const isWindows = process.platform === "win32";

/**
 * Runs an npm script of the workspace with its output shown and no stdin.
 * @param {string} script
 * @param {number} [deadlineMs] when it is ended with all its children, as `Date.now()` counts
 * @returns {Promise<boolean>} whether it succeeded in time
 */
export async function runScript(script, deadlineMs) {
  console.log(`\n$ npm run ${script}`);
  // A process group of its own, so that nothing which the script has started outlives the deadline.
  const child = spawn("npm", ["run", "--silent", script], {
    cwd: workspaceRoot,
    stdio: ["ignore", "inherit", "inherit"],
    shell: isWindows,
    detached: !isWindows,
  });
  const end = () => {
    console.error(`npm run ${script} was ended: the time for all steps is used up`);
    if (isWindows || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  };
  const timer = deadlineMs === undefined ? undefined : setTimeout(end, Math.max(0, deadlineMs - Date.now()));
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code === 0));
    });
  } finally {
    clearTimeout(timer);
  }
}
