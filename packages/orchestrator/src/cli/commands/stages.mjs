import { Argument } from "commander";
import {
  modelName,
  withAcceptance,
  withAdapter,
  withConfig,
  withData,
  withDryRun,
  withExamples,
  withJsonTables,
  withRun,
  withTuning,
} from "../options.mjs";

/** @typedef {import("commander").Command} Command */

/**
 * A command on a run that earlier stages wrote.
 * @param {Command} program
 * @param {string} name
 * @param {string} description
 */
export const stage = (program, name, description) =>
  withAdapter(withAcceptance(withData(program.command(name).description(description)))).option(
    "--run <dir>",
    "folder of the run with the trained models",
  );

/** @param {Command} program */
export function register(program) {
  const train = program.command("train").description("train one model of the paper");
  train.addArgument(
    new Argument(
      "<model>",
      "teacher, supervised-noise or fixmatch start a run; student, noisy-student, noisy-student-2, ... continue one with --run",
    ).argParser(modelName),
  );
  withExamples(train, [
    "fledge train teacher --run runs/mine",
    "fledge train noisy-student --run runs/mine",
    "fledge train fixmatch --set method=fixmatch",
  ]);
  withAdapter(withTuning(withDryRun(withRun(withConfig(train))))).action(async (name, flags) =>
    (await import("./stages.ts")).trainOne(name, flags),
  );
  stage(program, "pseudo-label", "label the unlabelled images with the teacher of each generation").action(
    async (flags) => (await import("./stages.ts")).labelAll(flags),
  );
  withJsonTables(stage(program, "evaluate", "accuracy of the run's models on the test images (table 2)")).action(
    async (flags) => (await import("./stages.ts")).evaluateAll(flags),
  );
}
