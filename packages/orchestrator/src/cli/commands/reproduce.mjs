import { withAdapter, withConfig, withRun, withTuning } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("reproduce")
    .description("run the whole paper: teacher, pseudo-labels, student, noisy student, tables and figures");
  withAdapter(withTuning(withRun(withConfig(command))))
    .option("--teacher-from <dir>", "take the teacher of another run, trained by the same settings on the same images")
    .action(async (flags) => (await import("./reproduce.ts")).runReproduction(flags));
}
