import { writeFileWhole } from "@fledge/files";
import { blankChecksum, checksumKey, fillChecksum } from "./checksum.ts";
import {
  elementCount,
  maxHeaderBytes,
  metadataKey,
  SafetensorsError,
  type StoredData,
  type StoredTensor,
  type StoredType,
} from "./tensor.ts";

function typeOf(data: StoredData): StoredType {
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof BigInt64Array) return "I64";
  if (data instanceof Uint32Array) return "U32";
  return "U8";
}

function check(name: string, { shape, data }: StoredTensor): void {
  if (name === metadataKey)
    throw new SafetensorsError(`a tensor cannot be called ${metadataKey}: the header keeps its texts there`);
  if (elementCount(shape) !== data.length) {
    throw new SafetensorsError(`tensor "${name}" of shape [${shape.join(",")}] holds ${data.length} elements`);
  }
}

type Metadata = Readonly<Record<string, string>>;

/** The header and the tensors' own bytes, in the order of the file. @throws as `encodeSafetensors` does */
function partsOf(tensors: ReadonlyMap<string, StoredTensor>, metadata: Metadata): Buffer[] {
  tensors.forEach((tensor, name) => check(name, tensor));
  // Wider elements first, so that each tensor is aligned to its own.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  const entries = ordered.map(([name, { shape, data }]): [string, unknown] => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: typeOf(data), shape, data_offsets: [begin, end] }];
  });
  if (Object.keys(metadata).length > 0) entries.unshift([metadataKey, metadata]);
  // Object.fromEntries makes own properties, "__proto__" too, where an assignment would set the prototype.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  if (padded.length > maxHeaderBytes)
    throw new SafetensorsError(`a header of ${padded.length} bytes is above the bound of ${maxHeaderBytes}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const parts = ordered.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return [length, padded, ...parts];
}

/**
 * Encodes tensors; the data starts at a multiple of eight bytes.
 * @throws SafetensorsError where a shape and its data differ, or the header would be above the bound
 */
export const encodeSafetensors = (tensors: ReadonlyMap<string, StoredTensor>, metadata: Metadata = {}): Buffer =>
  Buffer.concat(partsOf(tensors, metadata));

/**
 * Writes the file whole or not at all, with a checksum of all its bytes in the header that every reading verifies; the
 * tensors are not copied and must stay as they are meanwhile.
 * @param previous the name that the file that was there is kept under, see `writeFileWhole`
 * @throws SafetensorsError as `encodeSafetensors` does, FileError where the file cannot be written
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Metadata = {},
  previous?: string,
): Promise<void> {
  const parts = partsOf(tensors, { [checksumKey]: blankChecksum, ...metadata });
  fillChecksum(parts[1]!, parts);
  await writeFileWhole(file, parts, previous);
}
