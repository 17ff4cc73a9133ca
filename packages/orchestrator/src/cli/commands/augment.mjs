import { wholeNumber, withAdapter, withConfig, withExamples, withJson } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const augment = program.command("augment").description("look at RandAugment");
  withExamples(augment, ["fledge augment preview --images wren.jpg owl.jpg --out preview.html"]);
  const command = augment
    .command("preview")
    .description(
      "write a page of every operation at every magnitude, with the share of a teacher's predictions that each flips",
    )
    .option("--images <file...>", "images to show; a few labelled ones if not given")
    .option("--count <n>", "how many labelled images to show", wholeNumber(1), 3)
    .option("--run <dir>", "the run whose teacher predicts, with its settings")
    .option("--sample <n>", "how many unlabelled images the teacher predicts", wholeNumber(1), 64)
    .option("--out <file>", "the page", "augment-preview.html");
  withExamples(command, [
    "fledge augment preview --images wren.jpg owl.jpg --out preview.html",
    "fledge augment preview --run runs/demo --sample 128",
  ]);
  withAdapter(withConfig(withJson(command, "the page's name and, with --run, the flips"))).action(async (flags) =>
    (await import("./augment.ts")).preview(flags),
  );
}
