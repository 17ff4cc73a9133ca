import { readFileSync } from "node:fs";
import { Command } from "commander";
import { log } from "./log.mjs";
import { withExamples, withQuiet } from "./options.mjs";
import * as augment from "./commands/augment.mjs";
import * as bench from "./commands/bench.mjs";
import * as compare from "./commands/compare.mjs";
import * as completion from "./commands/completion.mjs";
import * as conformance from "./commands/conformance.mjs";
import * as dataset from "./commands/dataset.mjs";
import * as demo from "./commands/demo.mjs";
import * as doctor from "./commands/doctor.mjs";
import * as explain from "./commands/explain.mjs";
import * as exporting from "./commands/export.mjs";
import * as predict from "./commands/predict.mjs";
import * as report from "./commands/report.mjs";
import * as reproduce from "./commands/reproduce.mjs";
import * as robustness from "./commands/robustness.mjs";
import * as rungs from "./commands/rungs.mjs";
import * as stages from "./commands/stages.mjs";
import * as study from "./commands/study.mjs";
import * as tune from "./commands/tune.mjs";
import * as watch from "./commands/watch.mjs";

/** In the order of the help. */
const commands = [
  doctor,
  demo,
  dataset,
  stages,
  robustness,
  reproduce,
  study,
  watch,
  report,
  compare,
  predict,
  exporting,
  augment,
  explain,
  tune,
  bench,
  rungs,
  conformance,
  completion,
];

/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/**
 * The commands and what they take; each parses its own, and loads what it does when it acts. Everything here is
 * JavaScript, which Node runs as it is, and imports nothing heavier than the parser.
 */
export function commandLine() {
  const program = new Command("fledge")
    .description(
      "Noisy Student Lite on hand-written WGSL kernels: ResNet teacher, student and noisy student trained through WebGPU",
    )
    .version(version)
    .showHelpAfterError("(add --help for its options and examples)")
    .configureOutput({ outputError: (text) => log.error(text.replace(/^error: /, "").trimEnd()) })
    .exitOverride();
  for (const command of commands) command.register(program);
  for (const command of leavesOf(program)) withQuiet(command);
  withExamples(program, [
    "fledge doctor # what this machine computes on",
    "fledge demo # the whole method, on drawn birds",
    "fledge train --help # the options of a command, and examples of it",
  ]);
  return program;
}

/** What answers shells. */
const sayNothing = ["completion", "complete"];

/**
 * The commands that act, those below others among them.
 * @param {Command} command
 * @returns {readonly Command[]}
 */
function leavesOf(command) {
  if (command.commands.length > 0) return command.commands.flatMap(leavesOf);
  return sayNothing.includes(command.name()) ? [] : [command];
}

/**
 * The arguments up to a word that should be a command and is none: commander would print the help of what stands before
 * it, and exit with 0. Without such a word all arguments.
 * @param {Command} program
 * @param {readonly string[]} args
 * @returns {readonly string[]}
 */
export function upToUnknownCommand(program, args) {
  let command = program;
  for (const [index, word] of args.entries()) {
    if (command.commands.length === 0) break;
    if (word.startsWith("-") || word === "help") continue;
    const next = command.commands.find((one) => one.name() === word);
    if (!next) return args.slice(0, index + 1).filter((one) => !one.startsWith("-") && one !== "help");
    command = next;
  }
  return args;
}
