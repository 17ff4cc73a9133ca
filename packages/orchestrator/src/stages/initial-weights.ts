import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readSafetensors, type StoredTensor } from "@fledge/safetensors";
import { isTorchFile, readTorchWeights } from "@fledge/torch-weights";

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

/** A file's first bytes; none where it cannot be read, which the reader of the whole file then reports. */
async function firstBytes(file: string): Promise<Buffer> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: 15 })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * Reads a network's tensors by name from a safetensors file or one of PyTorch's; content tells which, not the name.
 * @throws SafetensorsError, TorchWeightsError
 */
export async function readWeights(file: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const { tensors } = isTorchFile(await firstBytes(file)) ? await readTorchWeights(file) : await readSafetensors(file);
  return tensors;
}
