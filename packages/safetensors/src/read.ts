import { open } from "node:fs/promises";
import { widenBfloat16, widenFloat16 } from "./half.ts";
import { maxHeaderBytes, parseHeader, SafetensorsError } from "./header.ts";
import type { SafetensorsFile, StoredData, StoredTensor, StoredType } from "./tensor.ts";

function decode(dtype: StoredType, bytes: ArrayBuffer): StoredData {
  switch (dtype) {
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

/**
 * Reads a safetensors file; F16 and BF16 become f32. Every tensor has its own memory, so unaligned files are fine.
 * @throws SafetensorsError where the file is not exactly what the format says
 */
export async function readSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new SafetensorsError(`${file}: there is no such file`) : error;
  });
  try {
    const { size } = await handle.stat();
    const readAt = async (position: number, length: number): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, position);
      if (bytesRead !== length) throw new SafetensorsError(`${file}: it ends inside a tensor`);
      return bytes.buffer;
    };
    if (size < 8) throw new SafetensorsError(`${file}: shorter than the eight bytes of a header length`);
    const headerBytes = new DataView(await readAt(0, 8)).getBigUint64(0, true);
    if (headerBytes > BigInt(maxHeaderBytes)) throw new SafetensorsError(`${file}: a header of ${headerBytes} bytes is above the format's 100 MB`);
    const dataStart = 8 + Number(headerBytes);
    if (dataStart > size) throw new SafetensorsError(`${file}: the header of ${headerBytes} bytes runs past the end of the file`);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readAt(8, Number(headerBytes)));
    const { entries, metadata } = parseHeader(text, size - dataStart, file);
    const tensors = new Map<string, StoredTensor>();
    for (const { name, dtype, shape, begin, end } of entries) {
      tensors.set(name, { shape, data: decode(dtype, await readAt(dataStart + begin, end - begin)) });
    }
    return { tensors, metadata };
  } finally {
    await handle.close();
  }
}
