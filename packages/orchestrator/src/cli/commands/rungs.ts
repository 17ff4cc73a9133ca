import type { Command } from "commander";
import { runTool } from "../run-tool.ts";

export function register(program: Command): void {
  program
    .command("rungs")
    .description("the ladders of the kernels: which rung starts from which, its idea, and how much of its code differs")
    .argument(
      "[name]",
      "a kernel, ladder or rung: conv2d, conv2d-forward or conv2d-forward/06-registers-only; without it all",
    )
    .option("--diff", "show the code that differs, comments left out")
    .action((name: string | undefined, { diff }: { readonly diff?: true }) =>
      runTool("show-rungs.ts", [...(diff ? ["--diff"] : []), ...(name === undefined ? [] : ["--", name])]),
    );
}
