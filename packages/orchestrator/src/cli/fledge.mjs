import { CommanderError } from "commander";
import { LogLevels } from "consola";
import { commandLine, upToUnknownCommand } from "./command-line.mjs";
import { UsageError } from "../config/usage-error.mjs";
import { light } from "./commands/completion.mjs";
import { expectedErrors } from "./expected-errors.mjs";
import { log } from "./log.mjs";
import { ReportedFailure } from "./reported-failure.mjs";
import { explainSystemError } from "./system-errors.mjs";

/**
 * Refuses what was given as nothing at all, as an unset variable of a shell is: as a path it would be the folder that
 * the command runs in.
 * @param {import("commander").Command} command
 * @throws UsageError
 */
function requireValues(command) {
  const given = [
    ...command.registeredArguments.map((argument, index) => [argument.name(), command.processedArgs[index]]),
    ...command.options.map((option) => [option.long, command.getOptionValue(option.attributeName())]),
  ];
  for (const [name, value] of given)
    if ([value].flat().includes(""))
      throw new UsageError(`${name}: what was given is empty: give a value, or leave it out`);
}

/**
 * Tells of a setting that cannot be before what trains by it is loaded, which takes longer. Where a run goes on, or is
 * looked at, its own settings count.
 * @param {import("commander").Command} command
 * @throws UsageError
 */
async function checkSettings(command) {
  const flags = command.opts();
  const begins = "resume" in flags ? !flags["resume"] : flags["run"] === undefined;
  if (!begins || flags["extend"] !== undefined || !command.options.some(({ long }) => long === "--preset")) return;
  const { configFrom } = await import("./options.ts");
  configFrom(flags);
}

/**
 * Runs a command line and resolves to the exit code; every error has been printed then. Help, and what does not parse,
 * is answered from this folder's JavaScript alone, in a tenth of a second: a command's TypeScript is loaded when it acts.
 * @param {readonly string[]} args what follows `fledge`
 * @param {() => Promise<unknown>} prepare makes TypeScript loadable where it is not yet
 * @returns {Promise<number>}
 */
export async function fledge(args, prepare = async () => {}) {
  const { level } = log;
  try {
    const program = commandLine().hook("preAction", async (_, command) => {
      if (light.includes(command.name())) return;
      if (command.opts()["quiet"]) log.level = LogLevels.warn;
      requireValues(command);
      await prepare();
      await checkSettings(command);
    });
    await program.parseAsync(upToUnknownCommand(program, args), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // It has printed what is wrong, or the help.
    if (error instanceof ReportedFailure) return 1;
    const refused = explainSystemError(error);
    if (refused !== undefined) log.error(refused);
    else if (!(error instanceof Error)) log.error(error);
    else if (error.name === "DivergedError")
      log.error(`${error.message}; begin again with a lower training.learningRate`);
    else if (expectedErrors.includes(error.name)) log.error(error.message);
    else log.error(error);
    return 1;
  } finally {
    log.level = level;
  }
}
