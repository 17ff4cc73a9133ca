import { withExamples, withJsonTables } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("report")
    .description("write a run's report again: tables 2 and 3, figures 2 and 3, one self-contained page")
    .requiredOption("--run <dir>", "folder of the run");
  withExamples(command, ["fledge report --run runs/demo", "fledge report --run runs/demo --json"]);
  withJsonTables(command).action(async (flags) => (await import("./report.ts")).report(flags));
}
