import { bytesPerElement, type StoredType } from "./tensor.ts";

/** A file is not a safetensors file, or not one that is safe to read; the message names the file and the tensor. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

export interface HeaderEntry {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own bound on the header: 100 MB. */
export const maxHeaderBytes = 100_000_000;

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON.parse keeps the last of equal keys; in a header each name may stand once, and only the top level holds names. */
function refuseDuplicateNames(text: string, parsed: Record<string, unknown>, fail: (problem: string) => never): void {
  let depth = 0;
  let keys = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs)) {
    const symbol = token[0];
    if (symbol === "{" || symbol === "[") depth += 1;
    else if (symbol === "}" || symbol === "]") depth -= 1;
    else if (depth === 1 && token[1] !== undefined) keys += 1;
  }
  if (keys !== Object.keys(parsed).length) fail("a name stands twice in the header");
}

function parseEntry(name: string, value: unknown, dataBytes: number, fail: (problem: string) => never): HeaderEntry {
  const bad = (problem: string): never => fail(`tensor "${name}": ${problem}`);
  if (!isRecord(value)) return bad("its header entry is no object");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(bytesPerElement, dtype)) {
    return bad(`type ${JSON.stringify(dtype)} is not read; ${Object.keys(bytesPerElement).join(", ")} are`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) return bad(`shape ${JSON.stringify(shape)} is no list of counts`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) return bad("data_offsets is no pair of counts");
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes) return bad(`its bytes ${begin}..${end} leave the data of ${dataBytes} bytes`);
  const needed = shape.reduce((product, size) => product * size, 1) * bytesPerElement[dtype as StoredType];
  if (needed !== end - begin) return bad(`shape [${shape.join(",")}] of ${dtype} takes ${needed} bytes, its range holds ${end - begin}`);
  return { name, dtype: dtype as StoredType, shape, begin, end };
}

/** Parses and checks a header: known types, shapes that fill their ranges, no hole and no overlap. @throws SafetensorsError */
export function parseHeader(text: string, dataBytes: number, file: string): Header {
  const fail = (problem: string): never => {
    throw new SafetensorsError(`${file}: ${problem}`);
  };
  if (!text.startsWith("{")) fail("the header does not begin with {");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/ +$/, ""));
  } catch (error) {
    return fail(`the header is no JSON (${(error as Error).message})`);
  }
  if (!isRecord(parsed)) return fail("the header is no JSON object");
  refuseDuplicateNames(text, parsed, fail);
  const { __metadata__: metadata = {}, ...tensors } = parsed;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    return fail("__metadata__ is no object of texts");
  }
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, dataBytes, fail));
  let reached = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) fail(`tensor "${name}" overlaps the one before it`);
    if (begin > reached) fail(`${begin - reached} bytes before tensor "${name}" belong to no tensor`);
    reached = end;
  }
  if (reached !== dataBytes) fail(`${dataBytes - reached} bytes after the last tensor belong to no tensor`);
  return { entries, metadata: metadata as Record<string, string> };
}
