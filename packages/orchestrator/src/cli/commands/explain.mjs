import { Option } from "commander";
import { wholeNumber, withAdapter, withConfig, withExamples, withJson, withTuning } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("explain")
    .description("list every dispatch of a compiled step: kernel, rung, shapes, cost, arena slots")
    .addOption(
      new Option("--program <which>", "the training step or the evaluation")
        .choices(["train", "predict"])
        .default("train"),
    )
    .option("--classes <n>", "classes of the head", wholeNumber(2), 200)
    .option("--generation <n>", "whose students' network, where generations have their own", wholeNumber(1), 1)
    .option("--profile", "run it and show each kernel's time (wants the feature timestamp-query)", false)
    .option("--trace <file>", "with --profile, write the times for Perfetto and chrome://tracing");
  withExamples(command, [
    "fledge explain --preset paper --program predict",
    "fledge explain --batch-size 16 --profile",
    "fledge explain --profile --trace step.json",
  ]);
  withAdapter(withTuning(withConfig(withJson(command, "the plan")))).action(async (flags) =>
    (await import("./explain.ts")).explain(flags),
  );
}
