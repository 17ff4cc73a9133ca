/** @param {import("commander").Command} program */
export function register(program) {
  program
    .command("report")
    .description("write a run's report again: tables 2 and 3, figures 2 and 3, one self-contained page")
    .requiredOption("--run <dir>", "folder of the run")
    .action(async (flags) => (await import("./report.ts")).report(flags));
}
