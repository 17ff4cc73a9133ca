import { withAdapter, wholeNumber, withExamples, withJson, withModel } from "../options.mjs";

/** Where the page goes where no place is named. */
export const defaultPage = "predictions.html";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("predict")
    .description("what a model says of images: of a run, one of its checkpoints, or a file of weights")
    .argument("<model>", "a run's folder, a checkpoint, or weights under torchvision's names")
    .argument("<image...>", "files, and folders for all images below them")
    .option("--top <n>", "how many classes of each image", wholeNumber(1), 5)
    .option("--csv", "print CSV: a row for each image and class")
    .option("--page [file]", `write a page with the images too (default: ${defaultPage})`)
    .option("--batch-size <n>", "images at once", wholeNumber(1), 16);
  withExamples(command, [
    "fledge predict runs/demo photos",
    "fledge predict runs/demo --of teacher wren.jpg owl.png --top 3",
    "fledge predict resnet50-0676ba61.pth photos --classes imagenet.txt --image-size 224 --csv > photos.csv",
  ]);
  withAdapter(withModel(withJson(command, "every image's classes, and the files that were set aside,"))).action(
    async (model, images, flags) => (await import("./predict.ts")).predict(model, images, flags),
  );
}
