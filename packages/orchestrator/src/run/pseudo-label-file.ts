import { createHash } from "node:crypto";
import { isThere } from "@fledge/files";
import type { Dataset } from "@fledge/data";
import {
  checksumKey,
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
  type StoredTensor,
} from "@fledge/safetensors";
import type { PseudoLabels } from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import { ofGeneration } from "./records.ts";
import type { RunDirectory } from "./run-directory.ts";

const fileOf = (run: RunDirectory, generation: number): string =>
  run.file(ofGeneration("pseudo-labels.safetensors", generation));

/** What labels are of and how they were made: those of another make are not taken up. */
export interface LabelledWith {
  /** Whose students are taught by them: each generation's are another teacher's, in a file of their own. */
  readonly generation: number;
  readonly dataset: Dataset;
  readonly temperature: number;
  /** Whether the probabilities of all classes are there. */
  readonly soft: boolean;
}

/** Names the images in their order, which the rows follow. */
const imagesDigest = ({ samples }: Dataset): string =>
  createHash("sha256")
    .update(samples.map(({ path }) => path).join("\n"))
    .digest("hex");

const makeOf = ({ dataset, temperature }: LabelledWith): Record<string, string> => ({
  images: imagesDigest(dataset),
  classes: String(dataset.classes.length),
  temperature: String(temperature),
});

/** Keeps a teacher's labels, whole or not at all. @throws FileError */
export async function keepPseudoLabels(run: RunDirectory, labels: PseudoLabels, made: LabelledWith): Promise<void> {
  const { classes, confidences, probabilities } = labels;
  const { dataset, generation } = made;
  const rows = dataset.samples.length;
  const tensors = new Map<string, StoredTensor>([
    ["classes", { shape: [rows], data: classes }],
    ["confidences", { shape: [rows], data: confidences }],
    ...(probabilities
      ? [["probabilities", { shape: [rows, dataset.classes.length], data: probabilities }] as const]
      : []),
  ]);
  await run.checkOwner();
  await writeSafetensors(fileOf(run, generation), tensors, makeOf(made));
}

/** The labels that a run holds; undefined before they are made. @throws UsageError where they are damaged or others' */
export async function keptPseudoLabels(run: RunDirectory, wanted: LabelledWith): Promise<PseudoLabels | undefined> {
  const file = fileOf(run, wanted.generation);
  if (!isThere(file)) return undefined;
  const mend = `remove ${file} to label the images again, which gives the same labels`;
  try {
    const { tensors, metadata } = await readSafetensors(file);
    if (metadata[checksumKey] === undefined) throw new SafetensorsError(`${file}: it has no checksum: it is damaged`);
    const other = Object.entries(makeOf(wanted)).find(([key, value]) => metadata[key] !== value);
    if (other) throw new SafetensorsError(`${file}: it holds labels of other ${other[0]} than this run's`);
    const probabilities = tensors.get("probabilities")?.data as Float32Array<ArrayBuffer> | undefined;
    if (wanted.soft && !probabilities) throw new SafetensorsError(`${file}: it lacks the probabilities of all classes`);
    return {
      classes: tensors.get("classes")!.data as Int32Array<ArrayBuffer>,
      confidences: tensors.get("confidences")!.data as Float32Array<ArrayBuffer>,
      probabilities: probabilities ?? null,
    };
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new UsageError(`${error.message}. Restore it, or ${mend}`);
  }
}
