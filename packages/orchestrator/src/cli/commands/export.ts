import { realpath } from "node:fs/promises";
import { printable } from "@fledge/data";
import { checkWritable, isThere } from "@fledge/files";
import { writeOnnx } from "@fledge/onnx";
import { writeSafetensors } from "@fledge/safetensors";
import { writeTorchWeights } from "@fledge/torch-weights";
import { UsageError } from "../../config/resolve.ts";
import { cardText } from "../../model-files/card.ts";
import { openModel, type ModelFlags, type OpenedModel } from "../../model-files/open-model.ts";
import { log } from "../log.mjs";

const formats = {
  onnx: { ending: ".onnx", write: writeAsOnnx },
  torch: {
    ending: ".pth",
    write: (file: string, model: OpenedModel) => writeTorchWeights(file, model.tensors, textOf(model)),
  },
  safetensors: {
    ending: ".safetensors",
    write: (file: string, model: OpenedModel) =>
      writeSafetensors(file, model.tensors, { format: "pt", ...textOf(model) }),
  },
} as const;

type Format = keyof typeof formats;

type Flags = ModelFlags & Readonly<Partial<Record<Format, string | true>>> & { readonly json?: true };

/** What goes with the weights: what they are, the classes and the preprocessing. */
const textOf = ({ size, card, name }: OpenedModel): Record<string, string> => ({
  model: name,
  architecture: `resnet${size.depth}`,
  width: String(size.width),
  ...cardText(card),
});

async function writeAsOnnx(file: string, model: OpenedModel): Promise<void> {
  await writeOnnx(file, model.tensors, { imageSize: model.card.preprocessing!.crop, metadata: textOf(model) });
}

/** @throws UsageError where a file would take the place of the model that it is made from */
async function checkTarget(file: string, { file: source }: OpenedModel): Promise<void> {
  if (isThere(file) && (await realpath(file)) === (await realpath(source)))
    throw new UsageError(`${printable(file)} is the model itself: give another name`);
  await checkWritable(file);
}

/** Writes a model in each of the formats that are asked for. */
export async function exportModel(path: string, flags: Flags): Promise<void> {
  const asked = (Object.keys(formats) as Format[]).filter((format) => flags[format] !== undefined);
  if (asked.length === 0)
    throw new UsageError(
      "name a format: --onnx, --torch or --safetensors, each with the file to write if it is to have a name of its own",
    );
  const model = await openModel(path, flags);
  if (flags.onnx !== undefined && model.card.preprocessing === null)
    throw new UsageError(
      `${printable(model.file)} does not say how large its images are, which ONNX fixes: give the side of what it sees with --image-size, as 224 for torchvision's weights`,
    );
  const files = new Map(
    asked.map((format) => {
      const given = flags[format]!;
      return [format, given === true ? `${model.name}${formats[format].ending}` : given] as const;
    }),
  );
  for (const file of files.values()) await checkTarget(file, model);
  for (const note of model.notes) log.info(note);
  if (model.card.classes === null && flags.classes === undefined)
    log.warn(
      `${printable(model.file)} does not name its classes, so that nothing else will: --classes gives a file of names`,
    );
  for (const [format, file] of files) {
    await formats[format].write(file, model);
    if (!flags.json) console.log(printable(file));
  }
  if (flags.json) console.log(JSON.stringify({ model: model.file, files: Object.fromEntries(files) }, null, 2));
}
