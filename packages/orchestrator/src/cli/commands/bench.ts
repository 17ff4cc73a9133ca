import type { Command } from "commander";
import { repeatable } from "../options.ts";
import { runTool } from "../run-tool.ts";

interface Flags {
  readonly full?: true;
  readonly json?: string;
  readonly readme?: true;
  readonly rung?: readonly string[];
  readonly shape?: readonly string[];
  readonly adapter?: string;
  readonly watch?: true;
  readonly compare?: true;
  readonly renewBaseline?: true;
}

/** The flags as the runner takes them. */
const argumentsOf = (flags: Flags): string[] => [
  ...(flags.full ? ["--full"] : []),
  ...(flags.readme ? ["--readme"] : []),
  ...(flags.watch ? ["--watch"] : []),
  ...(flags.compare ? ["--compare"] : []),
  ...(flags.renewBaseline ? ["--renew-baseline"] : []),
  ...(flags.json === undefined ? [] : ["--json", flags.json]),
  ...(flags.adapter === undefined ? [] : ["--adapter", flags.adapter]),
  ...(flags.rung ?? []).flatMap((id) => ["--rung", id]),
  ...(flags.shape ?? []).flatMap((name) => ["--shape", name]),
];

export function register(program: Command): void {
  program
    .command("bench")
    .description(
      "check and time every rung of kernels, or of other projects that have benchmarks; without names of all kernels",
    )
    .argument("[kernel...]", "names such as conv2d; with --compare files")
    .option("--full", "measure longer, for steadier figures")
    .option("--json <file>", "keep the figures in this file too, beside those that are in it")
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
    .action((names: readonly string[], flags: Flags) =>
      runTool("run-benches.ts", [...argumentsOf(flags), "--", ...names]),
    );
}
