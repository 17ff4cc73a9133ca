import { readFileSync } from "node:fs";

/** A stored tensor, row-major. `shape` is `[]` for a scalar. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

const elementTypes = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes, counted from the end of the header. */
  readonly data_offsets: readonly [number, number];
}

/**
 * Reads a `tensors.safetensors` file as the golden cases use it: F32, I32 and U8, little-endian, without holes.
 * Throws an error that names the file and the tensor if anything else is found in it.
 */
export function readGoldenTensors(file: string): ReadonlyMap<string, GoldenTensor> {
  const bytes = readFileSync(file);
  const fail = (problem: string): never => {
    throw new Error(`${file}: ${problem}`);
  };
  if (bytes.length < 8) fail("shorter than the eight bytes of a header length");
  const headerSizeBytes = Number(bytes.readBigUInt64LE(0));
  const dataStart = 8 + headerSizeBytes;
  if (dataStart > bytes.length) fail(`the header of ${headerSizeBytes} bytes runs past the end of the file`);
  const header = JSON.parse(bytes.toString("utf8", 8, dataStart)) as Record<string, HeaderEntry>;

  const tensors = new Map<string, GoldenTensor>();
  let end = 0;
  for (const [name, entry] of Object.entries(header).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])) {
    if (!Object.hasOwn(elementTypes, entry.dtype)) fail(`tensor ${name} has the unknown type ${entry.dtype}`);
    const ElementArray = elementTypes[entry.dtype as keyof typeof elementTypes];
    const [first, last] = entry.data_offsets;
    const count = entry.shape.reduce((product, size) => product * size, 1);
    if (first !== end) fail(`tensor ${name} begins at ${first}, expected ${end}`);
    if (last - first !== count * ElementArray.BYTES_PER_ELEMENT) {
      fail(`tensor ${name} of shape [${entry.shape.join(", ")}] holds ${last - first} bytes`);
    }
    // A copy, because a view would need an offset that is a multiple of the element size.
    const data = new ElementArray(new Uint8Array(bytes.subarray(dataStart + first, dataStart + last)).buffer);
    tensors.set(name, { shape: entry.shape, data });
    end = last;
  }
  if (dataStart + end !== bytes.length) fail(`${bytes.length - dataStart - end} bytes follow the last tensor`);
  return tensors;
}
