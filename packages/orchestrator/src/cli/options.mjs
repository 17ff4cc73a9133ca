import { InvalidArgumentError, Option } from "commander";
import { parseAssignment } from "../config/assignment.mjs";
import { presetNames, shortNames } from "../config/preset-names.mjs";
import { isModelName, namedModels } from "../run/model-names.mjs";

/** @typedef {import("commander").Command} Command */
/** @typedef {import("commander").Argument} Argument */

/**
 * Parses a whole number of at least `least`; anything else is a usage error that shows what was given.
 * @param {number} least
 * @returns {(text: string) => number}
 */
export const wholeNumber = (least) => (text) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`"${text}" is no whole number of at least ${least}`);
  }
  return value;
};

/**
 * Collects the values of an option that may be given more than once.
 * @template T
 * @param {(text: string) => T} parse
 * @returns {(text: string, before?: readonly T[]) => T[]}
 */
export const repeatable =
  (parse) =>
  (text, before = []) => [...before, parse(text)];

/**
 * @param {string} text
 * @throws InvalidArgumentError where no method trains a model of this name
 */
export function modelName(text) {
  if (isModelName(text)) return text;
  throw new InvalidArgumentError(
    `"${text}" is no model; there is teacher, labelling-teacher, student, noisy-student, noisy-student-2 and so on by generation, supervised-noise, and fixmatch`,
  );
}

/**
 * An option or argument that names a model: the names that have no end of generations are offered, all are taken.
 * @template {Argument | Option} T
 * @param {T} one
 * @returns {T}
 */
export const namesModel = (one) => /** @type {T} */ (one.choices(namedModels).argParser(modelName));

/**
 * Which adapter to compute on.
 * @param {Command} command
 */
export const withAdapter = (command) =>
  command
    .addOption(
      new Option("--adapter <name>", "compute on the adapter whose name holds this text").helpGroup("Adapter:"),
    )
    .addOption(
      new Option("--power <preference>", "prefer a fast or a frugal adapter")
        .choices(["high-performance", "low-power"])
        .helpGroup("Adapter:"),
    )
    .addOption(
      new Option("--software <rule>", "whether an adapter that computes on the CPU will do")
        .choices(["allow", "forbid", "require"])
        .default("allow")
        .helpGroup("Adapter:"),
    );

/**
 * Where the images lie: those of a new run, or where those of an old one were moved to.
 * @param {Command} command
 */
export const withData = (command) =>
  command
    .option("--labelled <dir>", "folder of CUB-200 (2010), the labelled images")
    .option("--unlabelled <dir>", "folder of CUB-200-2011, the images that the teacher labels");

/** @param {string} text */
function parseEpochs(text) {
  const parts = text.split(",");
  if (parts.length !== 3) throw new InvalidArgumentError(`"${text}" are not three counts; for example 100,50,50`);
  const [teacher, pseudoLabelled, labelled] = /** @type {[string, string, string]} */ (parts);
  return {
    teacher: wholeNumber(1)(teacher),
    pseudoLabelled: wholeNumber(0)(pseudoLabelled),
    labelled: wholeNumber(1)(labelled),
  };
}

/**
 * How long to train.
 * @param {Command} command
 */
export const withEpochs = (command) =>
  command.option(
    "--epochs <teacher,pseudo,labelled>",
    "epochs of the teacher and of the students' two phases, as 100,50,50",
    parseEpochs,
  );

/**
 * What to train on and how.
 * @param {Command} command
 */
export const withConfig = (command) =>
  withEpochs(
    withData(command)
      .addOption(
        new Option(
          "--preset <name>",
          "the settings to start from (default: demo); paper is short for paper-text",
        ).choices([...presetNames, ...Object.keys(shortNames)]),
      )
      .option("--weights <file>", "pretrained ResNet weights with torchvision's names, safetensors or PyTorch's .pth")
      .option("--seed <n>", "seed of weights, order, crops and augmentation", wholeNumber(0))
      .option("--batch-size <n>", "images per step", wholeNumber(2)),
  )
    .option("--workers <n>", "loader threads; 0 loads on the main one", wholeNumber(0))
    .option(
      "--set <key=value>",
      "any other setting, as --set training.learningRate=0.02; may be repeated",
      repeatable(parseAssignment),
    );

/**
 * Whether a new run's kernels are timed.
 * @param {Command} command
 */
export const withTuning = (command) =>
  command.option("--no-tune", "run every kernel's default rung: time none, and leave what was timed before unread");

/**
 * Which form of a study, and where it is kept.
 * @param {Command} command
 */
export const withStudy = (command) =>
  command
    .option("--scale <name>", "one of the smaller or larger forms that the file names")
    .option("--study <dir>", "where its runs and its page are kept; studies/<name>-<scale> if not given");

/**
 * Whether a run's cost is told, and nothing run.
 * @param {Command} command
 */
export const withDryRun = (command) =>
  command
    .option("--dry-run", "tell what the run costs, with a few steps measured on this adapter, and stop there", false)
    .option(
      "--json",
      "print as JSON, with --dry-run the cost, and without it what reproduce and demo give, tables 2 and 3",
      false,
    );

/**
 * Whether a run goes on with inputs or a program that are not those it began with.
 * @param {Command} command
 */
export const withAcceptance = (command) =>
  command
    .option("--accept-changed-data", "go on though images or weights are not those that the run began with", false)
    .option("--accept-changed-code", "go on though the program is not the one that the run began with", false);

/** How often a command goes on after a loss where it is not told. */
export const defaultDeviceLosses = 3;

/**
 * Where the run is kept.
 * @param {Command} command
 */
export const withRun = (command) =>
  withAcceptance(command)
    .option("--run <dir>", "folder of the run; new runs get runs/<preset>-<date>-<random> by default")
    .option("--resume", "continue the run in --run where it stopped", false)
    .option(
      "--max-device-losses <n>",
      `how often a run goes on by itself after its device was lost (default: ${defaultDeviceLosses})`,
      wholeNumber(0),
    )
    .option("--tensorboard [dir]", "write TensorBoard's event files too (default: tensorboard/ in the run's folder)");

/**
 * Whether a new run goes on with what another has trained.
 * @param {Command} command
 */
export const withExtension = (command) =>
  command.option(
    "--extend <dir>",
    "begin a run with the models of this one, for more epochs: --epochs as many as there are to be in all; it stays as it is",
  );

/**
 * Which model of a place that may hold several, and what it does not say of itself.
 * @param {Command} command
 */
export const withModel = (command) =>
  command
    .addOption(namesModel(new Option("--of <model>", "which of a run's models (default: the last that is trained)")))
    .option("--classes <file>", 'class names, one in a line; "none" for numbers')
    .option("--image-size <n>", "side of the images that the model sees, in pixels", wholeNumber(1))
    .option(
      "--resize <n>",
      "what the shorter side becomes before the crop (default: image size x 256/224)",
      wholeNumber(1),
    );

/**
 * Whether a command says what it does.
 * @param {Command} command
 */
export const withQuiet = (command) =>
  command.option("-q, --quiet", "say nothing on stderr but warnings and errors; results are printed all the same");

/**
 * Whether a command's result is for a program.
 * @param {Command} command
 * @param {string} what it prints
 */
export const withJson = (command, what) =>
  command.option("--json", `print ${what} as JSON, and nothing else on stdout`);

/**
 * The same, or into a file.
 * @param {Command} command
 * @param {string} what it prints, or writes
 */
export const withJsonFile = (command, what) =>
  command.option("--json [file]", `write ${what} as JSON; without a file, print them in place of the text`);

/**
 * Whether the tables that a command prints are for a program.
 * @param {Command} command
 */
export const withJsonTables = (command) =>
  command.option("--json", "print the tables as JSON, as report/tables.json has them, and nothing else on stdout");

/**
 * Examples below the help's options.
 * @param {Command} command
 * @param {readonly string[]} lines of a shell, without npx
 */
export const withExamples = (command, lines) =>
  // As they are typed: nothing puts `fledge` itself on anybody's PATH.
  command.addHelpText(
    "after",
    `\nExamples:\n${lines.map((line) => `  ${line.replace("fledge ", "npx fledge ")}`).join("\n")}`,
  );
