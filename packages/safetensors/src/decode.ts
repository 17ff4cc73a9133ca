import { checksumKey, verifyChecksum } from "./checksum.ts";
import { widenBfloat16, widenFloat16 } from "./half.ts";
import { parseHeader } from "./header.ts";
import { maxHeaderBytes, SafetensorsError, type SafetensorsFile, type StoredData, type StoredType } from "./tensor.ts";

/** Little-endian elements as a typed array over `bytes`; F16 and BF16 widened to f32. */
export function decodeElements(dtype: StoredType, bytes: ArrayBuffer): StoredData {
  switch (dtype) {
    case "F64":
      return new Float64Array(bytes);
    case "F32":
      return new Float32Array(bytes);
    case "F16":
      return widenFloat16(new Uint16Array(bytes));
    case "BF16":
      return widenBfloat16(new Uint16Array(bytes));
    case "I32":
      return new Int32Array(bytes);
    case "I64":
      return new BigInt64Array(bytes);
    case "U32":
      return new Uint32Array(bytes);
    case "U8":
      return new Uint8Array(bytes);
  }
}

function headerText(bytes: Uint8Array, origin: string): string {
  try {
    // Without ignoreBOM a byte order mark would vanish, and the header seem to begin with {.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SafetensorsError(`${origin}: the header is no UTF-8`);
  }
}

/**
 * Reads the bytes of a safetensors file; F16 and BF16 become f32. Every tensor gets memory of its own, so data that
 * starts at an odd byte is fine and nothing holds on to `bytes`.
 * @param origin the file, for messages
 * @throws SafetensorsError where the bytes are not exactly what the format says, or what the checksum of
 * `writeSafetensors` says
 */
export function decodeSafetensors(bytes: Uint8Array, origin: string): SafetensorsFile {
  const fail = (problem: string): never => {
    throw new SafetensorsError(`${origin}: ${problem}`);
  };
  if (bytes.length < 8) fail("shorter than the eight bytes of a header length");
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(maxHeaderBytes))
    fail(
      `a header of ${headerBytes} bytes is above the bound of ${maxHeaderBytes}: it is no safetensors file, or a damaged one`,
    );
  const dataStart = 8 + Number(headerBytes);
  if (dataStart > bytes.length)
    fail(`the header of ${headerBytes} bytes runs past the end of the file: it was cut short, get it again`);
  const data = bytes.subarray(dataStart);
  const { entries, metadata } = parseHeader(headerText(bytes.subarray(8, dataStart), origin), data.length, origin);
  const checksum = metadata[checksumKey];
  if (checksum !== undefined) verifyChecksum(bytes, dataStart, checksum, origin);
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    const own = new Uint8Array(data.subarray(begin, end)).buffer;
    return [name, { shape, data: decodeElements(dtype, own) }] as const;
  });
  return { tensors: new Map(tensors), metadata };
}
