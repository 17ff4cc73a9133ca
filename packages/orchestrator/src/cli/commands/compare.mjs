import { withExamples, withJson } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("compare")
    .description("runs side by side: settings that differ, tables with intervals, curves, tests image by image")
    .argument("<run...>", "folders of two runs or more; each is compared with the first")
    .option("--html <file>", "write a page too, with the curves laid over one another");
  withExamples(withJson(command, "the comparison"), [
    "fledge compare runs/clean runs/paper-code",
    "fledge compare runs/* --html compared.html",
  ]).action(async (runs, flags) => (await import("./compare.ts")).compare(runs, flags));
}
