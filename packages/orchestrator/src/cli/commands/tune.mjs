import { wholeNumber, withAdapter, withConfig, withExamples, withJson } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("tune")
    .description("check and time every kernel of the settings' programs on this adapter and keep which rung is fastest")
    .option("--classes <n>", "classes of the head (default: the labelled images', else 200)", wholeNumber(2))
    .option("--again", "check and time again what was before", false);
  withExamples(command, ["fledge tune", "fledge tune --preset paper --batch-size 16 --json > rungs.json"]);
  withAdapter(withConfig(withJson(command, "each kernel's rungs with their times"))).action(async (flags) =>
    (await import("./tune.ts")).tune(flags),
  );
}
