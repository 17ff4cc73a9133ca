import { withExamples, withJson, withModel } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("export")
    .description("write a model for other programs, with its class names and preprocessing")
    .argument("<model>", "a run's folder, a checkpoint, or weights under torchvision's names; before the formats")
    .option(
      "--onnx [file]",
      "as ONNX, called after the run and the model where no name is given: normalised images in, logits out, any number at once",
    )
    .option("--torch [file]", "as PyTorch's .pth: a state_dict that torchvision's load_state_dict takes")
    .option("--safetensors [file]", "as safetensors, under torchvision's names");
  withExamples(command, [
    "fledge export runs/demo --onnx",
    "fledge export runs/demo --of teacher --torch teacher.pth --safetensors teacher.safetensors",
  ]);
  withJson(withModel(command), "the names of the files").action(async (model, flags) =>
    (await import("./export.ts")).exportModel(model, flags),
  );
}
