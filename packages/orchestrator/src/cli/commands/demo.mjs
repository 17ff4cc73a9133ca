import { withAdapter, withDryRun, withRun, withTuning } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("demo")
    .description("draw the demo data set and reproduce the paper on it, in minutes and without a GPU");
  withAdapter(withTuning(withDryRun(withRun(command)))).action(async (flags) =>
    (await import("./demo.ts")).demo(flags),
  );
}
