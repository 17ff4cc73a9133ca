import { InvalidArgumentError, Option } from "commander";
import { parseAssignment } from "../../config/assignment.mjs";
import { modelName, repeatable, wholeNumber, withExamples, withJson } from "../options.mjs";
import { stage } from "./stages.mjs";

/** @param {string} text */
const parseModels = (text) => text.split(",").map(modelName);

/**
 * Settings of this command alone: the run keeps those that it was trained with.
 * @param {string} text
 */
function parseRobustness(text) {
  if (text.startsWith("robustness.")) return parseAssignment(text);
  throw new InvalidArgumentError(`"${text}" is no setting of robustness, as robustness.attacks.epsilons=[1,2,4]`);
}

/** @param {import("commander").Command} program */
export function register(program) {
  const command = stage(
    program,
    "robustness",
    "what the run's models hold out against: RandAugment (table 3) and the further families of table 4",
  );
  withExamples(command, [
    "fledge robustness --run runs/demo",
    "fledge robustness --run runs/demo --only corruptions/fog/3 --only attacks --models teacher,student",
  ]);
  withJson(command, "what was measured, as robustness.json has it,")
    .option(
      "--only <family[/case]>",
      "measure this family or case, as attacks or attacks/pgd10/4; may be repeated",
      repeatable((text) => text),
    )
    .addOption(new Option("--models <names>", "the models, as teacher,student; all by default").argParser(parseModels))
    .option(
      "--weights <file>",
      "measure a file of weights of the run's architecture and classes instead; may be repeated",
      repeatable((text) => text),
    )
    .option("--reference <model>", "whose errors mCE divides by", "teacher")
    .option("--limit-images <n>", "look at so many test images, drawn by robustness.seed", wholeNumber(1))
    .option(
      "--set <key=value>",
      "a setting of robustness for this command, as --set robustness.attacks.epsilons=[1,2,4]; may be repeated",
      repeatable(parseRobustness),
    )
    .action(async (flags) => (await import("./robustness.ts")).measure(flags));
}
