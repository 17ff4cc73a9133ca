import { basename, dirname, join, resolve } from "node:path";
import { printable } from "@fledge/data";
import { isThere, statIfThere, whyNoFile } from "@fledge/files";
import type { StoredTensor } from "@fledge/safetensors";
import { UsageError } from "../config/resolve.ts";
import { reportedModels } from "../methods/models-of.ts";
import { bestOf } from "../run/checkpoints.ts";
import { isTrained } from "../run/is-trained.ts";
import type { ModelName } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { readNetworkFile } from "../stages/initial-weights.ts";
import { cardFrom, preprocessingOf, type ModelCard } from "./card.ts";
import { readClassNames } from "./class-names.ts";
import { runCard } from "./run-card.ts";
import { sizeOfWeights, type WeightsSize } from "./size-of-weights.ts";

/** What is asked for, or known better than the files know it. */
export interface ModelFlags {
  /** Which of a run's models. */
  readonly of?: ModelName;
  /** A file of class names, or "none". */
  readonly classes?: string;
  readonly imageSize?: number;
  readonly resize?: number;
}

/** A network's weights with what they mean, ready to be used or written in another format. */
export interface OpenedModel {
  /** As a file may be called after it: `demo-noisy-student`. */
  readonly name: string;
  readonly file: string;
  /** Under torchvision's names and in PyTorch's layouts: all of the network's and nothing else. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly size: WeightsSize;
  readonly card: ModelCard;
  /** What a person should know: which of several models it is, that its training is not complete. */
  readonly notes: readonly string[];
}

interface Place {
  readonly file: string;
  readonly name: string;
  /** The run that the file lies in. */
  readonly run: RunDirectory | undefined;
  readonly notes: readonly string[];
}

const isFolder = (path: string): boolean => statIfThere(path)?.isDirectory() ?? false;

/** The model that is asked for, or the last one of the method that is trained: its best weights. */
async function placeInRun(run: RunDirectory, of: ModelName | undefined): Promise<Place> {
  const place = (model: ModelName, notes: readonly string[]): Place => ({
    file: bestOf(run, model, "evaluated"),
    name: `${basename(resolve(run.path))}-${model}`,
    run,
    notes,
  });
  const begun = reportedModels(run.config).filter((model) => isThere(bestOf(run, model, "evaluated")));
  if (begun.length === 0 && of === undefined)
    throw new UsageError(`${run.path} has no trained model yet: begin with "npx fledge train teacher"`);
  if (of !== undefined && !isThere(bestOf(run, of, "evaluated")))
    throw new UsageError(`${run.path} has no trained ${of}; there is ${begun.join(", ") || "no model yet"}`);
  const trained: ModelName[] = [];
  for (const model of begun) if (await isTrained(run, model)) trained.push(model);
  const model = of ?? trained.at(-1) ?? begun.at(-1)!;
  const others = begun.filter((one) => one !== model);
  const note =
    of === undefined && others.length > 0 ? [`taking ${model}; --of ${others.join(" or ")} takes another`] : [];
  const early = trained.includes(model) ? [] : [`the training of ${model} is not complete: its best weights so far`];
  return place(model, [...note, ...early]);
}

/** A file, and where it is one of a run's, that run. */
async function placeOfFile(file: string): Promise<Place> {
  const above = dirname(dirname(resolve(file)));
  const run = isThere(join(above, "config.json")) ? await RunDirectory.open(above) : undefined;
  const stem = basename(file).replace(/\.(safetensors|pth|pt|bin)$/, "");
  const name = run ? `${basename(above)}-${basename(dirname(resolve(file)))}` : stem;
  return { file, name, run, notes: [] };
}

/** @throws UsageError where there is no model at a path */
async function placeOf(path: string, of: ModelName | undefined): Promise<Place> {
  if (!isThere(path))
    throw new UsageError(
      `${printable(path)}: there is no such file or folder: name the folder of a run, a checkpoint or a file of weights`,
    );
  if (isFolder(path) && !isThere(join(path, "best.safetensors"))) return placeInRun(await RunDirectory.open(path), of);
  if (of !== undefined)
    throw new UsageError(`--of chooses one of a run's models, and ${printable(path)} is one already: leave it out`);
  const file = isFolder(path) ? join(path, "best.safetensors") : path;
  const wrong = whyNoFile(file);
  if (wrong !== null)
    throw new UsageError(`${printable(file)}: ${wrong}: name the folder of a run, a checkpoint or a file of weights`);
  return placeOfFile(file);
}

/** @throws UsageError where sizes do not fit one another */
function withSizes({ classes, preprocessing }: ModelCard, { imageSize, resize }: ModelFlags): ModelCard {
  const crop = imageSize ?? preprocessing?.crop;
  if (crop === undefined) {
    if (resize === undefined) return { classes, preprocessing };
    throw new UsageError("--resize wants the side of the crop too: give it with --image-size");
  }
  // torchvision's own recipe resizes to 256 for a crop of 224.
  const shorter = resize ?? (imageSize === undefined ? preprocessing!.resize : Math.round((imageSize * 256) / 224));
  if (shorter < crop)
    throw new UsageError(`--resize: a crop of ${crop} pixels does not fit a shorter side of ${shorter}`);
  const { mean, std } = preprocessing ?? preprocessingOf(shorter, crop);
  return { classes, preprocessing: { resize: shorter, crop, mean, std } };
}

/**
 * Opens the model of a run, a checkpoint or a file of weights; nothing is changed, also where another process trains it.
 * What a run or the file itself tells of classes and preprocessing comes with it.
 * @throws UsageError, WeightsError, SafetensorsError, TorchWeightsError
 */
export async function openModel(path: string, flags: ModelFlags): Promise<OpenedModel> {
  const { file, name, run, notes } = await placeOf(path, flags.of);
  const { tensors, metadata } = await readNetworkFile(file);
  const size = sizeOfWeights(tensors, file);
  const known = run ? await runCard(run, size.classes) : cardFrom(metadata, file);
  const classes = flags.classes === undefined ? known.classes : await readClassNames(flags.classes, size.classes);
  if (classes && classes.length !== size.classes)
    throw new UsageError(
      `${file}: it tells apart ${size.classes} classes, and names ${classes.length}; give them with --classes`,
    );
  return { name, file, tensors, size, card: withSizes({ ...known, classes }, flags), notes };
}
