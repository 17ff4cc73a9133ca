import { int, list, pickle, text, dict, yes, type Piece } from "../src/pickle/pieces.ts";
import { zip, type ZipEntry } from "./zip-writer.ts";

/** Storages' bytes by key. */
export type Data = Readonly<Record<string, Uint8Array>>;

export const floats = (...values: readonly number[]): Buffer => Buffer.from(new Float32Array(values).buffer);

export const zipEntries = (saved: Piece, data: Data): ZipEntry[] => [
  { name: "archive/data.pkl", data: pickle(saved) },
  { name: "archive/byteorder", data: Buffer.from("little") },
  ...Object.entries(data).map(([key, bytes]) => ({ name: `archive/data/${key}`, data: bytes })),
  { name: "archive/version", data: Buffer.from("3\n") },
];

/** A file as torch.save writes it since PyTorch 1.6. */
export const zipFile = (saved: Piece, data: Data = {}): Buffer => zip(zipEntries(saved, data));

export interface LegacyParts {
  readonly littleEndian?: Piece;
  readonly version?: number;
  readonly keys?: readonly Piece[];
  /** Elements that stand before each storage; by default those of four bytes each. */
  readonly elements?: number | bigint;
}

/** A file as torch.save wrote it before. */
export function legacyFile(saved: Piece, data: Data = {}, parts: LegacyParts = {}): Buffer {
  const { littleEndian = yes, version = 1001, keys = Object.keys(data).map(text) } = parts;
  const storages = Object.values(data).flatMap((bytes) => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(parts.elements ?? bytes.length / 4));
    return [count, bytes];
  });
  const magic = Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex");
  const machine = dict([["little_endian", littleEndian]]);
  return Buffer.concat([magic, ...[int(version), machine, saved, list(...keys)].map(pickle), ...storages]);
}
