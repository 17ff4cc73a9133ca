import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Header } from "tar";

/** One entry of a tar made by hand, with whatever path and type; `body` is the content of a file. */
export interface TarEntry {
  path: string;
  type?: "File" | "Directory" | "SymbolicLink" | "Link" | "CharacterDevice" | "FIFO";
  linkpath?: string;
  body?: string;
  mode?: number;
}

/** The bytes of an uncompressed tar, which no tar program would make. */
export function tarBytes(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, body = "", mode = 0o644 }) => {
    const header = Buffer.alloc(512);
    const size = Buffer.byteLength(body);
    new Header({ path, type, size, mode, ...(linkpath === undefined ? {} : { linkpath }) }).encode(header);
    const padded = Buffer.alloc(Math.ceil(size / 512) * 512);
    padded.write(body);
    return [header, padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Writes a gzipped tar and gives its path. */
export function writeTgz(file: string, entries: readonly TarEntry[]): string {
  writeFileSync(file, gzipSync(tarBytes(entries)));
  return file;
}
