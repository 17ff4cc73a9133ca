import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** A file's size and hashes, in lower-case hexadecimal digits. */
export interface Checksums {
  sizeBytes: number;
  sha256: string;
  md5: string;
}

/** Hashes a file in one pass, with memory for one chunk. Throws the file system's error when it cannot be read. */
export async function checksumsOf(file: string): Promise<Checksums> {
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    sha256.update(chunk);
    md5.update(chunk);
  }
  return { sizeBytes, sha256: sha256.digest("hex"), md5: md5.digest("hex") };
}
