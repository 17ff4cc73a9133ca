import type { Content } from "./content.ts";
import { refuse } from "./error.ts";
import { ByteReader } from "./pickle/byte-reader.ts";
import { Storages } from "./pickle/storages.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { PickleDict, PickleList } from "./pickle/value.ts";

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/** The magic number's opcode and digits, which follow the pickle protocol's two bytes. */
const magicBytes = Buffer.from("8a0a6cfc9c46f9206aa850192e", "hex");

export function beginsAsLegacy(bytes: Buffer): boolean {
  return bytes[0] === 0x80 && bytes.subarray(2, 2 + magicBytes.length).equals(magicBytes);
}

/** The storages' bytes, which follow the pickles: for each key in turn a count of elements, then the elements. */
function readStorages(bytes: Buffer, start: number, keys: PickleList, storages: Storages): Map<string, Uint8Array> {
  const reader = new ByteReader(bytes, start);
  const found = new Map<string, Uint8Array>();
  for (const key of keys.items) {
    const storage = typeof key === "string" ? storages.byKey.get(key) : undefined;
    if (!storage) return refuse("its list of storages names one that no tensor has");
    const name = JSON.stringify(storage.key);
    if (found.has(storage.key)) refuse(`storage ${name} stands twice in its list of storages`);
    const elements = reader.count64();
    const wanted = storage.elements;
    if (elements !== wanted) refuse(`storage ${name} holds ${elements} elements, its tensors want ${wanted}`);
    found.set(storage.key, reader.bytes(storage.sizeBytes));
  }
  const missing = [...storages.byKey.keys()].find((key) => !found.has(key));
  if (missing !== undefined) refuse(`storage ${JSON.stringify(missing)} is missing`);
  if (reader.left > 0) refuse(`${reader.left} bytes follow the last storage`);
  return found;
}

/**
 * Reads what torch.save wrote before PyTorch 1.6: pickles of a magic number, a version, the machine, the saved value
 * and the storages' keys, then the storages (torch/serialization.py, `_legacy_save`).
 * @throws TorchWeightsError
 */
export function readLegacy(bytes: Buffer): Content {
  const storages = new Storages();
  const magic = unpickle(bytes, 0, storages);
  const version = unpickle(bytes, magic.end, storages);
  const machine = unpickle(bytes, version.end, storages);
  if (magic.value !== magicNumber || version.value !== protocolVersion) {
    refuse("it does not begin with PyTorch's magic number and version 1001");
  }
  if (!(machine.value instanceof PickleDict) || machine.value.entries.get("little_endian") !== true) {
    refuse("it was not written on a little-endian machine; save it on one");
  }
  const saved = unpickle(bytes, machine.end, storages);
  const keys = unpickle(bytes, saved.end, storages);
  if (!(keys.value instanceof PickleList)) return refuse("it has no list of storages");
  const found = readStorages(bytes, keys.end, keys.value, storages);
  return { saved: saved.value, bytesOf: ({ key }) => found.get(key)! };
}
