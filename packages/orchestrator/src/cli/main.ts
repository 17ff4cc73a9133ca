import { DataError } from "@fledge/data";
import { StateDictError } from "@fledge/resnet";
import { AdapterNotFoundError, GpuOutOfMemoryError, TensorTooLargeError } from "@fledge/runtime";
import { SafetensorsError } from "@fledge/safetensors";
import { Command } from "commander";
import { UsageError } from "../config/resolve.ts";
import { log } from "./log.ts";
import * as dataset from "./commands/dataset.ts";
import * as demo from "./commands/demo.ts";
import * as doctor from "./commands/doctor.ts";
import * as explain from "./commands/explain.ts";
import * as report from "./commands/report.ts";
import * as reproduce from "./commands/reproduce.ts";
import * as stages from "./commands/stages.ts";

/** Errors that a person can mend: shown as a sentence, without a stack trace. */
const expected = [AdapterNotFoundError, DataError, GpuOutOfMemoryError, SafetensorsError, StateDictError, TensorTooLargeError, UsageError];

const program = new Command("fledge")
  .description("Noisy Student Lite on hand-written WGSL kernels: ResNet teacher, student and noisy student trained through WebGPU")
  .showHelpAfterError("(add --help for the options)");
for (const command of [doctor, demo, dataset, stages, reproduce, report, explain]) command.register(program);

let code = 0;
try {
  await program.parseAsync();
} catch (error) {
  code = 1;
  if (expected.some((kind) => error instanceof kind)) log.error((error as Error).message);
  else log.error(error);
}
// Dawn's bindings would keep the process alive: end it, once what was written is out.
process.stdout.write("", () => process.exit(code));
