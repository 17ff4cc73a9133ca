import { InvalidArgumentError } from "commander";
import { wholeNumber, withExamples } from "../options.mjs";

/** @param {string} text */
function portNumber(text) {
  const port = wholeNumber(1)(text);
  if (port > 65535) throw new InvalidArgumentError(`"${text}" is no port; they end at 65535`);
  return port;
}

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("watch")
    .description(
      "follow a run or a study while it goes on: a page for this machine's browser, or lines on the terminal",
    )
    .argument(
      "[run|study]",
      "a run's folder, which may not have begun; a study's file or folder (default: the run in runs/ that was written last)",
    )
    .option("--terminal", "lines on the terminal instead of a page; ends with the run")
    .option("--port <n>", "of the page (default: one that is free)", portNumber)
    .option("--scale <name>", "of a study's file: one of the forms that it names")
    .option("--study <dir>", "of a study's file: where its runs are kept");
  withExamples(command, [
    "fledge watch runs/mine",
    "fledge watch runs/mine --terminal",
    "fledge watch studies/limitations-smoke --port 8080",
  ]).action(async (path, flags) => (await import("./watch.ts")).watch(path, flags));
}
