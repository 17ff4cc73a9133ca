import { readFile } from "node:fs/promises";
import { whyNoFile } from "@fledge/files";
import type { StoredTensor } from "@fledge/safetensors";
import { readArchive } from "./archive.ts";
import type { Content } from "./content.ts";
import { refuse, TorchWeightsError } from "./error.ts";
import { withoutWrappers } from "./names.ts";
import { beginsAsLegacy, readLegacy } from "./legacy.ts";
import { findMetadata, findStateDict } from "./state-dict.ts";
import { readTensor, sizeWhenRead, type TensorView } from "./tensor-view.ts";

/** Widening doubles a file of halves; shared weights may double it again. More is a file that multiplies itself. */
const maxGrowth = 4;

export interface TorchWeights {
  /** By name, in the file's order; F16 and BF16 widened to f32. A parameter under two names is one tensor. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Text by name that Fledge wrote beside them. */
  readonly metadata: Readonly<Record<string, string>>;
}

const zipMagic = Buffer.from("PK\x03\x04", "latin1");
const beginsAsZip = (bytes: Buffer): boolean => bytes.subarray(0, zipMagic.length).equals(zipMagic);

/** Whether the bytes begin as a file of torch.save: as a zip archive, or by the magic number of before PyTorch 1.6. */
export const isTorchFile = (bytes: Buffer): boolean => beginsAsZip(bytes) || beginsAsLegacy(bytes);

function readContent(bytes: Buffer): Content | Promise<Content> {
  if (beginsAsZip(bytes)) return readArchive(bytes);
  if (beginsAsLegacy(bytes)) return readLegacy(bytes);
  return refuse("it is no file of torch.save: neither a zip archive nor begun by PyTorch's magic number");
}

/** Adds the tensor's name to a refusal. */
function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TorchWeightsError)) throw error;
    throw new TorchWeightsError(`tensor ${JSON.stringify(name)}: ${error.message}`, { cause: error });
  }
}

function readTensors(content: Content, sizeBytes: number): TorchWeights {
  const views = findStateDict(content.saved);
  const names = new Map([...views].map(([name, view]) => [view, name]));
  const total = [...names].reduce((sum, [view, name]) => sum + naming(name, () => sizeWhenRead(view)), 0);
  if (total > maxGrowth * sizeBytes) {
    refuse(`its tensors take ${total} bytes, more than ${maxGrowth} times the file's ${sizeBytes}`);
  }
  const read = new Map<TensorView, StoredTensor>();
  for (const view of names.keys()) read.set(view, readTensor(view, content.bytesOf(view.storage)));
  const tensors = withoutWrappers(new Map([...views].map(([name, view]) => [name, read.get(view)!])));
  return { tensors, metadata: findMetadata(content.saved) };
}

/**
 * Reads a state_dict from the bytes of a `.pth` file of either format. No code that the file names is run.
 * @param origin the file, for messages
 * @throws TorchWeightsError where the bytes are not exactly such a file
 */
export async function decodeTorchWeights(bytes: Buffer, origin: string): Promise<TorchWeights> {
  try {
    return readTensors(await readContent(bytes), bytes.length);
  } catch (error) {
    if (!(error instanceof TorchWeightsError)) throw error;
    throw new TorchWeightsError(`${origin}: ${error.message}`, { cause: error });
  }
}

/** Reads a `.pth` file, see `decodeTorchWeights`. @throws TorchWeightsError, also where the file cannot be read */
export async function readTorchWeights(file: string): Promise<TorchWeights> {
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new TorchWeightsError(`${file}: ${wrong}`);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new TorchWeightsError(`${file}: ${problem}`, { cause: error });
  });
  return decodeTorchWeights(bytes, file);
}
