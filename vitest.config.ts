import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Nx forces colours on. Programs that tests start would then colour what is compared, and warn where NO_COLOR is set too.
delete process.env["FORCE_COLOR"];

/** Where `.ci/run` wants JSON results, which it counts, and JUnit's XML, if at all. */
const [json, junit] = [process.env["FLEDGE_TEST_RESULTS"], process.env["FLEDGE_JUNIT"] || undefined];
// A vitest that a test starts must not write over them.
for (const name of ["FLEDGE_TEST_RESULTS", "FLEDGE_JUNIT"]) delete process.env[name];

/**
 * The one test configuration: every project runs it with `--root` set to its own folder, and `.ci/run` from the top, all
 * tests at once, so that a last file keeps no project waiting.
 */
export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    // A fork per file: one Dawn instance per process, and a driver's crash fails one file, not the run.
    pool: "forks",
    // A software GPU itself uses every core, so more workers than two only slow each other down.
    maxWorkers: 2,
    // Compiling and running shaders on a software GPU takes seconds, and on a busy machine minutes; this ends what hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
    allowOnly: false,
    reporters: ["default", ...(json === undefined ? [] : ["json"]), ...(junit === undefined ? [] : ["junit"])],
    outputFile: { json: json ?? "", junit: join(junit ?? "", "tests.xml") },
  },
});
