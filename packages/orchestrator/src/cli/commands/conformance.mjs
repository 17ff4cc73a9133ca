import { Option } from "commander";
import { repeatable, withAdapter, withExamples, withJsonFile } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("conformance <dir>")
    .description("run golden cases from PyTorch and Pillow through the operators that training uses")
    .option("--filter <text>", "only cases with this in their path")
    .addOption(
      new Option("--augment-on <where>", "where images are augmented").choices(["cpu", "device"]).default("cpu"),
    )
    .addOption(
      new Option("--precision <precision>", "of products; below f32 with wider tolerances").choices([
        "f32",
        "f16",
        "matrix",
      ]),
    )
    .option("--rung <id>", "force a rung, as conv2d-forward/01-naive; may be repeated", repeatable(String))
    .option("--every-rung", "force every rung of every ladder in turn, each on the cases of its kernel");
  withExamples(command, [
    "fledge conformance test/conformance/cases --filter conv2d",
    "fledge conformance test/conformance/cases --every-rung",
    "fledge conformance test/conformance/cases --rung conv2d-forward/01-naive --json results.json",
  ]);
  withAdapter(withJsonFile(command, "the results")).action(async (directory, flags) =>
    (await import("./conformance.ts")).conformance(directory, flags),
  );
}
