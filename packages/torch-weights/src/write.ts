import { writeFileWhole } from "@fledge/files";
import type { StoredTensor } from "@fledge/safetensors";
import { ZipFile } from "yazl";
import { TorchWeightsError } from "./error.ts";
import { call, dict, opcode, pickle, storage, tensor, text, type Piece } from "./pickle/pieces.ts";
import { metadataOwner } from "./state-dict.ts";

/** torch's storage class for the elements. */
function storageOf(name: string, { data }: StoredTensor): string {
  if (data instanceof Float32Array) return "torch.FloatStorage";
  if (data instanceof BigInt64Array) return "torch.LongStorage";
  throw new TorchWeightsError(`tensor ${JSON.stringify(name)} holds neither float32 nor int64`);
}

/** Elements from one place to the next along each axis, row-major. */
const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));

/** An OrderedDict of tensors, one storage each, with text in the attribute `_metadata` that state_dicts have. */
function stateDict(tensors: ReadonlyMap<string, StoredTensor>, metadata: Readonly<Record<string, string>>): Piece {
  const entries = [...tensors].map(([name, value], key): [string, Piece] => {
    const of = storage(String(key), value.data.length, storageOf(name, value));
    return [name, tensor(of, value.shape, stridesOf(value.shape))];
  });
  const own = dict(Object.entries(metadata).map(([name, value]) => [name, text(value)]));
  const state = dict([["_metadata", dict([[metadataOwner, own]])]]);
  const items = entries.flatMap(([name, value]) => [text(name), value]);
  return Buffer.concat([call("collections.OrderedDict"), opcode("("), ...items, opcode("u"), state, opcode("b")]);
}

/** The same bytes whenever and wherever they are written: the earliest time that a zip can tell, in local time. */
const stored = { compress: false, mtime: new Date(1980, 0, 1), forceDosTimestamp: true } as const;

/**
 * Tensors as `torch.save(model.state_dict())` writes them since PyTorch 1.6: `torch.load` with `weights_only=True`
 * reads them, and `load_state_dict` takes them as they are.
 * @param metadata text by name, in Python `torch.load(file)._metadata["fledge"]`
 * @throws TorchWeightsError for elements that are neither float32 nor int64
 */
export async function encodeTorchWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(pickle(stateDict(tensors, metadata)), "archive/data.pkl", stored);
  zip.addBuffer(Buffer.from("little"), "archive/byteorder", stored);
  [...tensors.values()].forEach(({ data }, key) => {
    zip.addBuffer(Buffer.from(data.buffer, data.byteOffset, data.byteLength), `archive/data/${key}`, stored);
  });
  zip.addBuffer(Buffer.from("3\n"), "archive/version", stored);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writes a `.pth` file whole or not at all, see `encodeTorchWeights`. @throws TorchWeightsError, FileError */
export async function writeTorchWeights(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileWhole(file, await encodeTorchWeights(tensors, metadata));
}
