import writeFileAtomic from "write-file-atomic";
import type { StoredData, StoredTensor, StoredType } from "./tensor.ts";

function typeOf(data: StoredData): StoredType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof BigInt64Array) return "I64";
  if (data instanceof Uint32Array) return "U32";
  return "U8";
}

/** Encodes tensors in the order given; the data starts at a multiple of eight bytes. */
export function encodeSafetensors(tensors: ReadonlyMap<string, StoredTensor>, metadata: Readonly<Record<string, string>> = {}): Buffer {
  // Wider elements first, so that each tensor is aligned to its own.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) throw new Error(`tensor "${name}" of shape [${shape.join(",")}] holds ${data.length} elements`);
    header[name] = { dtype: typeOf(data), shape, data_offsets: [end, (end += data.byteLength)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const parts = ordered.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat([length, padded, ...parts]);
}

/** Writes the file whole or not at all: to a temporary name beside it, synced, then renamed. */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata));
}
