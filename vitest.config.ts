import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Nx forces colours on. Programs that tests start would then colour what is compared, and warn where NO_COLOR is set too.
delete process.env["FORCE_COLOR"];

/** The project's name when Nx runs its tests; the JSON results are written only then, for `.ci/run` to count. */
const project = process.env["NX_TASK_TARGET_PROJECT"];

/** Where JUnit's XML goes too, `.ci/run --junit`: a file for each project. */
const junit = process.env["FLEDGE_JUNIT"] || undefined;

/** The one test configuration: every project runs it with `--root` set to its own folder. */
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
    // Vitest gives what is polled a second, which a busy machine may not have. Below the test's, so that it says what it found.
    expect: { poll: { timeout: 240_000 } },
    passWithNoTests: false,
    allowOnly: false,
    reporters: ["default", ...(project === undefined ? [] : ["json"]), ...(junit === undefined ? [] : ["junit"])],
    outputFile: {
      json: join(import.meta.dirname, ".cache", "test-results", `${project}.json`),
      junit: join(junit ?? "", `${project ?? "tests"}.xml`),
    },
  },
});
