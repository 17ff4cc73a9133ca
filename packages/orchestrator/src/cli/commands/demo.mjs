import { withAdapter, withDryRun, withEpochs, withExamples, withRun, withTuning } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("demo")
    .description("draw the demo data set and reproduce the paper on it, in minutes and without a GPU");
  withExamples(command, [
    "fledge demo",
    "fledge demo --epochs 8,4,4 # a third of the time, and of what can be learned in it",
    "fledge demo --dry-run # what it costs here, with a few steps measured",
  ]);
  withAdapter(withTuning(withDryRun(withRun(withEpochs(command))))).action(async (flags) =>
    (await import("./demo.ts")).demo(flags),
  );
}
