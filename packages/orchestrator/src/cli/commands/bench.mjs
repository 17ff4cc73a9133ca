import { repeatable, withExamples, withJsonFile } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("bench")
    .description(
      "check and time every rung of kernels, or of other projects that have benchmarks; without names of all kernels",
    )
    .argument("[kernel...]", "names such as conv2d; with --compare files")
    .option("--full", "measure longer, for steadier figures")
    .option("--readme", "keep the figures in the kernel's results/, and write its README's tables and charts from them")
    .option(
      "--rung <id>",
      "only this rung, such as conv2d-forward/01-naive or 01-naive; may be repeated",
      repeatable(String),
    )
    .option("--shape <name>", "only this layer; may be repeated", repeatable(String))
    .option("--watch", "check and time again whenever a file of the kernel changes, until Ctrl-C")
    .option("--adapter <name>", "compute on the adapter whose name holds this text")
    .option(
      "--compare",
      "measure nothing: compare the figures in two files by each one's probes and CPU reference, or tell how far more differ",
    )
    .option("--renew-baseline", "measure nothing: make the figures of the last whole run the baseline")
    .action(async (names, flags) => (await import("./bench.ts")).bench(names, flags));
  withExamples(withJsonFile(command, "the figures, with --compare what changed, beside those that are in the file,"), [
    "fledge bench conv2d",
    "fledge bench linear --rung 01-naive --json figures.json",
    "fledge bench --compare before.json after.json # exit code 1 where a rung became slower",
  ]);
}
