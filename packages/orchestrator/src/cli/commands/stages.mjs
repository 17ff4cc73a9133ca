import { Argument, InvalidArgumentError, Option } from "commander";
import { parseAssignment } from "../../config/assignment.mjs";
import {
  namesModel,
  repeatable,
  withAcceptance,
  withAdapter,
  withConfig,
  withData,
  withDryRun,
  withExamples,
  withExtension,
  withJson,
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

/** What decides what an evaluation shows, and no network. */
const shown = /^(evaluation|views|randAugment)\.|^seed=/;

/** @param {string} text */
function parseShown(text) {
  if (shown.test(text)) return parseAssignment(text);
  throw new InvalidArgumentError(
    `"${text}" is no setting of an evaluation: there is evaluation, views, randAugment and seed, as views.evaluation=center`,
  );
}

/** @param {Command} program */
export function register(program) {
  const train = program.command("train").description("train one model of the paper");
  train.addArgument(
    namesModel(
      new Argument(
        "<model>",
        "teacher, supervised-noise or fixmatch start a run; student, noisy-student, noisy-student-2, ... continue one with --run",
      ),
    ),
  );
  withExamples(train, [
    "fledge train teacher --run runs/mine",
    "fledge train teacher --labelled photos/known --run runs/mine # no unlabelled images yet",
    "fledge train student --unlabelled photos/all --run runs/mine",
    "fledge train noisy-student --run runs/mine",
    "fledge train teacher --extend runs/mine --epochs 48,12,12 --run runs/longer",
    "fledge train fixmatch --set method=fixmatch",
  ]);
  withAdapter(withTuning(withDryRun(withExtension(withRun(withConfig(train)))))).action(async (name, flags) =>
    (await import("./stages.ts")).trainOne(name, flags),
  );
  const label = stage(program, "pseudo-label", "label the unlabelled images with the teacher of each generation");
  withExamples(label, ["fledge pseudo-label --run runs/mine", "fledge pseudo-label --run runs/mine --json"]);
  withJson(label, "each generation's file and the share of right labels").action(async (flags) =>
    (await import("./stages.ts")).labelAll(flags),
  );
  const evaluate = stage(
    program,
    "evaluate",
    "accuracy of the run's models on the test images (table 2), under the run's settings or beside that under others",
  )
    .option(
      "--set <key=value>",
      "another setting of what is shown, for this command: of evaluation, views, randAugment or seed; may be repeated",
      repeatable(parseShown),
    )
    .addOption(
      new Option("--task <name>", "with --set: target (table 2), robustness (table 3), or both").choices([
        "target",
        "robustness",
        "both",
      ]),
    );
  withExamples(evaluate, [
    "fledge evaluate --run runs/demo",
    "fledge evaluate --run runs/demo --set views.evaluation=center --json",
    "fledge evaluate --run runs/demo --set evaluation.repeats=20 --set seed=7 --task both",
  ]);
  withJsonTables(evaluate).action(async (flags) => (await import("./stages.ts")).evaluateAll(flags));
}
