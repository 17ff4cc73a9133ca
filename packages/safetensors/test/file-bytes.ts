/** The bytes of a file with this header, given as text or as an object, and this data (or so many zero bytes). */
export function fileBytes(header: string | object, data: Uint8Array | number = 0): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  return Buffer.concat([lengthBytes(text.length), text, typeof data === "number" ? Buffer.alloc(data) : data]);
}

/** A header length as the file begins with it. */
export function lengthBytes(length: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}
