import { withExamples, withJson } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("rungs")
    .description("the ladders of the kernels: which rung starts from which, its idea, and how much of its code differs")
    .argument(
      "[name]",
      "a kernel, ladder or rung: conv2d, conv2d-forward or conv2d-forward/06-registers-only; without it all",
    )
    .option("--diff", "show the code that differs, comments left out");
  withJson(command, "the rungs, with --diff their lines,").action(async (name, flags) =>
    (await import("./rungs.ts")).rungs(name, flags),
  );
  withExamples(command, [
    "fledge rungs conv2d",
    "fledge rungs conv2d-forward/06-registers-only --diff",
    "fledge rungs --json > ladders.json",
  ]);
}
