// `fledge` in a process that kills itself at a call of the file system: killed-at.ts CALL MOMENT arguments. The calls
// are counted from 0; at -1 it does not.
import { useFileSystem } from "@fledge/files";
import { interposed } from "./interposed.ts";

const [call, moment, ...args] = process.argv.slice(2);
let left = Number(call);

/** Nothing of this process runs after it. */
const die = (): void => void process.kill(process.pid, "SIGKILL");

useFileSystem(
  interposed(async (_, perform) => {
    if (left-- !== 0) return perform();
    if (moment === "before") die();
    const done = perform();
    if (moment === "during") {
      // Another thread asks the system for it meanwhile.
      const until = performance.now() + Math.random() * 0.3;
      while (performance.now() < until);
      die();
    }
    const result = await done;
    die();
    return result;
  }),
);
process.argv.splice(2, Infinity, ...args);
await import("@fledge/orchestrator/src/cli/main.mjs");
