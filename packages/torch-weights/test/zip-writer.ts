import { crc32 } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** What the headers say where it is not the truth. */
  readonly method?: number;
  readonly sizeBytes?: number;
  readonly flags?: number;
  /** What the local header says where the directory says otherwise. */
  readonly local?: { readonly name?: string; readonly sizeBytes?: number; readonly method?: number };
  readonly crc?: number;
  /** Where its local header lies in bytes that other entries hold; it then gets none of its own. */
  readonly headerAt?: number;
}

function header(entry: ZipEntry, offset: number | null): Buffer {
  const central = offset !== null;
  const {
    name,
    data,
    method = 0,
    sizeBytes = data.length,
    flags = 0,
    crc = crc32(data),
  } = central ? entry : { ...entry, ...entry.local };
  const bytes = Buffer.alloc(central ? 46 : 30);
  const shift = central ? 2 : 0; // The central header has "version made by" before the fields that both share.
  bytes.writeUInt32LE(central ? 0x02014b50 : 0x04034b50, 0);
  bytes.writeUInt16LE(flags, 6 + shift);
  bytes.writeUInt16LE(method, 8 + shift);
  bytes.writeUInt32LE(crc, 14 + shift);
  bytes.writeUInt32LE(data.length, 18 + shift);
  bytes.writeUInt32LE(sizeBytes, 22 + shift);
  bytes.writeUInt16LE(Buffer.byteLength(name), 26 + shift);
  if (central) bytes.writeUInt32LE(offset, 42);
  return Buffer.concat([bytes, Buffer.from(name)]);
}

/** A zip archive of stored entries, or one that lies as its entries say. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    centrals.push(header(entry, entry.headerAt ?? at));
    if (entry.headerAt === undefined) {
      const local = Buffer.concat([header(entry, null), entry.data]);
      locals.push(local);
      at += local.length;
    }
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
