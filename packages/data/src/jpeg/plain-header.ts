/** A component of a JPEG, as its frame and its scan's headers have it. */
interface Component {
  readonly id: number;
  /** Blocks of 8 x 8 samples in an MCU. */
  readonly across: number;
  readonly down: number;
  readonly quantisation: number;
  readonly dcTable: number;
  readonly acTable: number;
}

/** DHT's 16 counts and the symbols after them. */
interface HuffmanTable {
  readonly kind: 0 | 1;
  readonly id: number;
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** All that is needed to decode a plain JPEG. */
export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  /** One, grey; or three: luma, blue and red chroma, the latter of one block each in an MCU. */
  readonly components: readonly Component[];
  /** By number: 64 steps in the order of the stream. */
  readonly quantisations: readonly (Uint8Array | undefined)[];
  readonly huffmanTables: readonly HuffmanTable[];
  /** MCUs; 0 is none. */
  readonly restartInterval: number;
  /** Where the scan's bytes begin. */
  readonly scanStart: number;
}

const [SOI, DHT, SOS, DQT, DRI, APP0, APP14, COM] = [0xd8, 0xc4, 0xda, 0xdb, 0xdd, 0xe0, 0xee, 0xfe] as const;

/**
 * What a JPEG's header says, if it is plain: baseline or sequential, 8 bits, Huffman-coded, grey or YCbCr 4:4:4, 4:2:2 or
 * 4:2:0 in one scan, every marker in its place. So are nearly all photographs. Undefined for any other, which is left to
 * libvips to decode or refuse. Marker segments and how the colours are told: libjpeg's jdmarker.c, jdapimin.c.
 */
export function plainJpeg(bytes: Uint8Array): PlainJpeg | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const quantisations: (Uint8Array | undefined)[] = [undefined, undefined, undefined, undefined];
  const huffmanTables: HuffmanTable[] = [];
  let frame: Frame | undefined;
  let restartInterval = 0;
  let jfif = false;
  let adobe: number | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    const kind = bytes[at + 1]!;
    const end = at + 2 + word(bytes, at + 2);
    if (bytes[at] !== 0xff || end > bytes.length || end < at + 4) return undefined;
    const segment = bytes.subarray(at + 4, end);
    if (kind === DQT) {
      if (!readQuantisations(segment, quantisations)) return undefined;
    } else if (kind === DHT) {
      if (!readHuffmanTables(segment, huffmanTables)) return undefined;
    } else if (kind === 0xc0 || kind === 0xc1) {
      if (frame !== undefined) return undefined;
      frame = readFrame(segment);
      if (frame === undefined) return undefined;
    } else if (kind === DRI) {
      if (segment.length !== 2) return undefined;
      restartInterval = word(segment, 0);
    } else if (kind === SOS) {
      const components = frame && readScan(segment, frame.components);
      if (frame === undefined || components === undefined || !colours(components, jfif, adobe)) return undefined;
      return { ...frame, components, quantisations, huffmanTables, restartInterval, scanStart: end };
    } else if (kind === APP0) {
      jfif ||= segment.length >= 12 && startsWith(segment, "JFIF\0");
    } else if (kind === APP14) {
      if (segment.length >= 12 && startsWith(segment, "Adobe")) adobe = segment[11];
    } else if (!((kind > APP0 && kind < APP0 + 16) || kind === COM)) {
      return undefined;
    }
    at = end;
  }
  return undefined;
}

type Frame = Pick<PlainJpeg, "width" | "height"> & { components: Omit<Component, "dcTable" | "acTable">[] };

const word = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(text).every((byte, i) => bytes[i] === byte);

function readQuantisations(segment: Uint8Array, tables: (Uint8Array | undefined)[]): boolean {
  for (let at = 0; at < segment.length; at += 65) {
    const id = segment[at]!; // the upper half is the precision, 0 for 8 bits
    if (id > 3 || at + 65 > segment.length) return false;
    tables[id] = segment.subarray(at + 1, at + 65);
  }
  return true;
}

function readHuffmanTables(segment: Uint8Array, tables: HuffmanTable[]): boolean {
  for (let at = 0; at < segment.length;) {
    const [kind, id] = [segment[at]! >> 4, segment[at]! & 15];
    const counts = segment.subarray(at + 1, at + 17);
    const many = counts.reduce((sum, count) => sum + count, 0);
    const symbols = segment.subarray(at + 17, at + 17 + many);
    if ((kind !== 0 && kind !== 1) || id > 3 || counts.length < 16 || symbols.length < many) return false;
    tables.push({ kind, id, counts, symbols });
    at += 17 + many;
  }
  return true;
}

function readFrame(segment: Uint8Array): Frame | undefined {
  const [precision, height, width, count] = [segment[0], word(segment, 1), word(segment, 3), segment[5]];
  if (precision !== 8 || width < 1 || height < 1 || (count !== 1 && count !== 3)) return undefined;
  if (segment.length !== 6 + 3 * count) return undefined;
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantisation] = segment.subarray(6 + 3 * i) as unknown as [number, number, number];
    // A component alone in its scan has MCUs of one block, whatever its sampling says.
    return count === 1
      ? { id, across: 1, down: 1, quantisation }
      : { id, across: sampling >> 4, down: sampling & 15, quantisation };
  });
  const [{ across, down }, ...chroma] = components as [Frame["components"][0], ...Frame["components"]];
  const known = (across === 1 && down === 1) || (across === 2 && (down === 1 || down === 2));
  if (!known || chroma.some((component) => component.across !== 1 || component.down !== 1)) return undefined;
  if (across === 2 && Math.ceil(width / 2) <= 2) return undefined; // libjpeg does not interpolate these
  return { width, height, components };
}

/** The components with their tables; undefined unless the scan has all, in order and whole. */
function readScan(segment: Uint8Array, components: Frame["components"]): Component[] | undefined {
  const count = components.length;
  if (segment.length !== 4 + 2 * count || segment[0] !== count) return undefined;
  const [first, last, approximation] = segment.subarray(1 + 2 * count);
  if (first !== 0 || last !== 63 || approximation !== 0) return undefined;
  const inScan = components.map((component, i) => ({
    ...component,
    inOrder: segment[1 + 2 * i] === component.id,
    dcTable: segment[2 + 2 * i]! >> 4,
    acTable: segment[2 + 2 * i]! & 15,
  }));
  const sound = inScan.every(({ inOrder, dcTable, acTable }) => inOrder && dcTable < 4 && acTable < 4);
  return sound ? inScan : undefined;
}

/** Whether the components are grey or YCbCr, as libjpeg guesses. */
function colours(components: readonly Component[], jfif: boolean, adobe: number | undefined): boolean {
  if (components.length === 1 || jfif) return true;
  if (adobe !== undefined) return adobe === 1;
  return components.every(({ id }, i) => id === i + 1);
}
