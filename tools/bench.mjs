// `npm run bench`: every project's benchmarks, and at the end what became slower. Plain Node, as it begins a fresh clone.
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { workspaceRoot } from "./bootstrap/shell.mjs";
import { takesNoOptions } from "./ci/takes-no-options.mjs";

takesNoOptions(
  "npm run bench",
  "one kernel's, or longer: npx fledge bench --help; FLEDGE_BENCH=full measures all longer",
);

const PATH = `${join(workspaceRoot, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? ""}`;

/** @param {string} command */
const succeeds = (command) =>
  spawnSync(command, {
    cwd: workspaceRoot,
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH },
  }).status === 0;

const passed =
  succeeds("node tools/bootstrap.mjs") &&
  succeeds("nx run-many -t bench --outputStyle=static") &&
  succeeds("tsx tools/src/run-benches.ts --verdicts");
process.exit(passed ? 0 : 1);
