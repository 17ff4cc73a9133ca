import { CasesNotFoundError } from "@fledge/conformance";
import { DataError, WorkerDiedError } from "@fledge/data";
import { FileError, FolderLockedError } from "@fledge/files";
import { StateDictError } from "@fledge/resnet";
import { AdapterNotFoundError, DeviceLostError, GpuOutOfMemoryError, TensorTooLargeError } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { TorchWeightsError } from "@fledge/torch-weights";
import { StudyError } from "@fledge/study";
import { CheckpointError, DivergedError } from "@fledge/training";
import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { UsageError } from "../config/resolve.ts";
import { WeightsError } from "../stages/weights-error.ts";
import { log } from "./log.ts";
import { ReportedFailure } from "./reported-failure.ts";
import { explainSystemError } from "./system-errors.ts";
import * as augment from "./commands/augment.ts";
import * as bench from "./commands/bench.ts";
import * as conformance from "./commands/conformance.ts";
import * as dataset from "./commands/dataset.ts";
import * as demo from "./commands/demo.ts";
import * as doctor from "./commands/doctor.ts";
import * as explain from "./commands/explain.ts";
import * as report from "./commands/report.ts";
import * as reproduce from "./commands/reproduce.ts";
import * as robustness from "./commands/robustness.ts";
import * as rungs from "./commands/rungs.ts";
import * as stages from "./commands/stages.ts";
import * as study from "./commands/study.ts";
import * as tune from "./commands/tune.ts";

/** Errors that a person can mend: shown as a sentence, without a stack trace. */
const expected = [
  AdapterNotFoundError,
  CasesNotFoundError,
  CheckpointError,
  DataError,
  DeviceLostError,
  FileError,
  FolderLockedError,
  GpuOutOfMemoryError,
  SafetensorsError,
  StateDictError,
  StudyError,
  TensorTooLargeError,
  TorchWeightsError,
  UsageError,
  WorkerDiedError,
  WeightsError,
];

/** The commands and what they take; each parses its own and then acts. */
export function commandLine(): Command {
  const program = new Command("fledge")
    .description(
      "Noisy Student Lite on hand-written WGSL kernels: ResNet teacher, student and noisy student trained through WebGPU",
    )
    .version(packageJson.version)
    .showHelpAfterError("(add --help for the options)")
    .configureOutput({ outputError: (text) => log.error(text.replace(/^error: /, "").trimEnd()) })
    .exitOverride();
  for (const command of [
    doctor,
    demo,
    dataset,
    stages,
    robustness,
    reproduce,
    study,
    report,
    augment,
    explain,
    tune,
    bench,
    rungs,
    conformance,
  ])
    command.register(program);
  return program;
}

/**
 * The arguments up to a word that should be a command and is none: commander would print the help of what stands before
 * it, and exit with 0. Without such a word all arguments.
 */
function upToUnknownCommand(program: Command, args: readonly string[]): readonly string[] {
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

/** Runs a command line (what follows `fledge`) and resolves to the exit code; every error has been printed then. */
export async function fledge(args: readonly string[]): Promise<number> {
  try {
    const program = commandLine();
    await program.parseAsync(upToUnknownCommand(program, args), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // It has printed what is wrong, or the help.
    if (error instanceof ReportedFailure) return 1;
    const refused = explainSystemError(error);
    if (refused !== undefined) log.error(refused);
    else if (error instanceof DivergedError)
      log.error(`${error.message}; begin again with a lower training.learningRate`);
    else if (expected.some((kind) => error instanceof kind)) log.error((error as Error).message);
    else log.error(error);
    return 1;
  }
}
