import { withModel } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("export <model>")
    .description("write a model for other programs, with its class names and preprocessing")
    .option("--onnx [file]", "as ONNX: normalised images in, logits out, any number at once")
    .option("--torch [file]", "as PyTorch's .pth: a state_dict that torchvision's load_state_dict takes")
    .option("--safetensors [file]", "as safetensors, under torchvision's names");
  withModel(command)
    .addHelpText(
      "after",
      `
Files are called after the run and the model where no name is given; an option with a name goes behind the model.

  fledge export runs/demo --onnx
  fledge export runs/demo --of teacher --torch teacher.pth --safetensors teacher.safetensors`,
    )
    .action(async (model, flags) => (await import("./export.ts")).exportModel(model, flags));
}
