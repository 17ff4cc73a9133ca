import { withAdapter, withExamples, withJson } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("doctor")
    .description("say what this machine computes on, its limits, and what is missing for the paper preset")
    .option(
      "--run <dir>",
      "check the files of this run instead; exit code 1 where one is damaged or a stage is missing",
    );
  withExamples(command, ["fledge doctor", "fledge doctor --json", "fledge doctor --run runs/demo"]);
  withAdapter(withJson(command, "what it finds")).action(async (flags) => (await import("./doctor.ts")).doctor(flags));
}
