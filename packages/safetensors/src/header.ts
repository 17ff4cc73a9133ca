import { duplicateKey } from "./duplicate-key.ts";
import { bytesPerElement, elementCount, isCount, metadataKey, SafetensorsError, type StoredType } from "./tensor.ts";

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

type Fail = (problem: string) => never;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isStoredType = (value: unknown): value is StoredType =>
  typeof value === "string" && Object.hasOwn(bytesPerElement, value);

function parseObject(text: string, fail: Fail): Record<string, unknown> {
  if (!text.startsWith("{")) return fail("the header does not begin with {");
  if (!/\} *$/.test(text)) return fail("the header does not end with } and spaces, the only padding allowed");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return fail(`the header is no JSON (${(error as Error).message})`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) return fail(`"${twice}" stands twice in the header`);
  return parsed as Record<string, unknown>; // It begins with {.
}

function parseEntry(name: string, value: unknown, dataBytes: number, fail: Fail): HeaderEntry {
  const bad = (problem: string): never => fail(`tensor "${name}": ${problem}`);
  if (!isRecord(value)) return bad("its header entry is no object");
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredType(dtype)) {
    const given = typeof dtype === "string" ? `type ${dtype}` : "a type that is no text";
    return bad(`${given} is not read; ${Object.keys(bytesPerElement).join(", ")} are`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) return bad("its shape is no list of counts");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return bad("its data_offsets are no pair of counts");
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes) return bad(`its bytes ${begin}..${end} leave the data of ${dataBytes} bytes`);
  const needed = elementCount(shape) * bytesPerElement[dtype];
  if (needed !== end - begin) {
    const takes = isCount(needed) ? `takes ${needed} bytes` : "takes more bytes than can be counted";
    return bad(`shape [${shape.join(",")}] of ${dtype} ${takes}, its range holds ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function parseMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) return fail(`${metadataKey} is no object`);
  const other = Object.keys(value).find((key) => typeof value[key] !== "string");
  return other === undefined ? (value as Record<string, string>) : fail(`${metadataKey}: "${other}" is no text`);
}

/** Every byte belongs to exactly one tensor. */
function refuseHolesAndOverlaps(entries: readonly HeaderEntry[], dataBytes: number, fail: Fail): void {
  let reached = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) fail(`tensor "${name}" overlaps the one before it`);
    if (begin > reached) fail(`${begin - reached} bytes before tensor "${name}" belong to no tensor`);
    reached = end;
  }
  if (reached !== dataBytes) fail(`${dataBytes - reached} bytes after the last tensor belong to no tensor`);
}

/**
 * Parses and checks a header: known types, shapes that fill their ranges, no hole, no overlap.
 * @throws SafetensorsError
 */
export function parseHeader(text: string, dataBytes: number, origin: string): Header {
  const fail: Fail = (problem) => {
    throw new SafetensorsError(`${origin}: ${problem}`);
  };
  const parsed = parseObject(text, fail);
  // JSON.parse makes "__proto__" an own property, and Object.entries gives own ones only: no name reaches a prototype.
  const metadata = parseMetadata(Object.hasOwn(parsed, metadataKey) ? parsed[metadataKey] : undefined, fail);
  const named = Object.entries(parsed).filter(([name]) => name !== metadataKey);
  const entries = named.map(([name, value]) => parseEntry(name, value, dataBytes, fail));
  refuseHolesAndOverlaps(entries, dataBytes, fail);
  return { entries, metadata };
}
