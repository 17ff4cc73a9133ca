import { crc32c } from "../src/crc32c.ts";

/** A field of a protobuf message: its number, and its number, bytes, double or float. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** The records of a TFRecord file, their checksums held against the bytes. @throws Error where one is another */
export function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  // Undoes the mask: the checksum that was kept.
  const keptAt = (at: number): number => {
    const rotated = (view.getUint32(at, true) - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + length);
    if (keptAt(at + 8) !== crc32c(file.subarray(at, at + 8)) || keptAt(at + 12 + length) !== crc32c(data))
      throw new Error(`the checksum of the record at byte ${at} is another`);
    records.push(data);
    at += 12 + length + 4;
  }
  return records;
}

/** The fields of a protobuf message in order, by its wire format (protobuf.dev, "Encoding"). */
export function decodeFields(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  const fields: Field[] = [];
  while (at < message.length) {
    const key = varint();
    const [number, kind] = [key >>> 3, key & 7];
    if (kind === 0) fields.push({ number, value: varint() });
    else if (kind === 1) fields.push({ number, value: view.getFloat64((at += 8) - 8, true) });
    else if (kind === 5) fields.push({ number, value: view.getFloat32((at += 4) - 4, true) });
    else if (kind === 2) {
      const length = varint();
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    } else throw new Error(`no field has the kind ${kind}`);
  }
  return fields;
}
