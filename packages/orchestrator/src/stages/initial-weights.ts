import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { whyNoFile } from "@fledge/files";
import { readSafetensors, type StoredTensor } from "@fledge/safetensors";
import { logName, optimiserPrefix } from "@fledge/training";
import { isTorchFile, readTorchWeights, withoutWrappers } from "@fledge/torch-weights";
import { foreignKind, headBytes } from "./foreign-file.ts";
import { inSinglePrecision } from "./single-precision.ts";
import { WeightsError } from "./weights-error.ts";

/** torchvision's files for ResNet-50, by the first eight digits of their sha256, which stand in their names too. */
const published: Readonly<Record<string, string>> = {
  "0676ba61": "IMAGENET1K_V1",
  "11ad3fa6": "IMAGENET1K_V2",
  "19c8e357": "IMAGENET1K_V1, the older file",
};

/** What the paper preset starts from and how to get it, for messages. */
export const whereToGetWeights =
  'torchvision\'s resnet50-0676ba61.pth (IMAGENET1K_V1): in Python, torchvision.models.resnet50(weights="IMAGENET1K_V1") ' +
  "leaves it in ~/.cache/torch/hub/checkpoints";

/** torchvision's name for the file with this sha256, in hex; null for any other file. */
export function publishedName(sha256: string): string | null {
  const digits = sha256.slice(0, 8);
  const name = published[digits];
  return name === undefined ? null : `torchvision's resnet50-${digits}.pth (${name})`;
}

/** Which weights a file holds: torchvision's name for it, or its hash. */
export async function describeWeights(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const sha256 = hash.digest("hex");
  return publishedName(sha256) ?? `none of torchvision's files for ResNet-50 (sha256 ${sha256})`;
}

/** A file's first bytes; null where it cannot be read, which the reader of the whole file then reports. */
async function firstBytes(file: string): Promise<Buffer | null> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: headBytes - 1 })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

/** The tensors of a file, and the text that stands with them. */
interface TensorsOfFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

async function readTensors(file: string): Promise<TensorsOfFile> {
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new WeightsError(`${file}: ${wrong}`);
  const head = await firstBytes(file);
  if (head !== null && isTorchFile(head)) return readTorchWeights(file);
  const foreign = head && foreignKind(head, file);
  if (foreign !== null) throw new WeightsError(`${file}: ${foreign}`);
  const { tensors, metadata } = await readSafetensors(file);
  return { tensors: withoutWrappers(tensors), metadata };
}

const singlesOf = (file: string, tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> =>
  new Map([...tensors].map(([name, tensor]) => [name, inSinglePrecision(file, name, tensor)]));

/**
 * Reads a network's tensors by name from a safetensors file or one of PyTorch's; content tells which, not the name.
 * Floats of any width come as float32, as torch's `load_state_dict` copies them into a network's parameters.
 * @param onNote is told where that rounds them
 * @throws SafetensorsError, TorchWeightsError, WeightsError
 */
export async function readWeights(
  file: string,
  onNote: (note: string) => void = () => {},
): Promise<ReadonlyMap<string, StoredTensor>> {
  const { tensors } = await readTensors(file);
  const doubles = [...tensors.values()].filter(({ data }) => data instanceof Float64Array).length;
  const singles = singlesOf(file, tensors);
  if (doubles > 0) onNote(`${doubles} of its ${tensors.size} tensors are float64 and are rounded to float32`);
  return singles;
}

/** `readWeights` of a run's checkpoint too, without the optimiser's state and the log; with the file's text. */
export async function readNetworkFile(file: string): Promise<TensorsOfFile> {
  const { tensors, metadata } = await readTensors(file);
  const own = [...tensors].filter(([name]) => name !== logName && !name.startsWith(optimiserPrefix));
  return { tensors: singlesOf(file, new Map(own)), metadata };
}
