import { wholeNumber, withAdapter, withConfig } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("tune")
    .description("check and time every kernel of the settings' programs on this adapter and keep which rung is fastest")
    .option("--classes <n>", "classes of the head (default: the labelled images', else 200)", wholeNumber(2))
    .option("--again", "check and time again what was before", false);
  withAdapter(withConfig(command)).action(async (flags) => (await import("./tune.ts")).tune(flags));
}
