import { createHash } from "node:crypto";
import { chunksOf } from "../unreadable.ts";

/** A file's size and hashes, in lower-case hexadecimal digits. */
export interface Checksums {
  sizeBytes: number;
  sha256: string;
  md5: string;
}

/** Hashes a file in one pass, with memory for one chunk. @throws UnreadableError */
export async function checksumsOf(file: string): Promise<Checksums> {
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  let sizeBytes = 0;
  for await (const chunk of chunksOf(file, { highWaterMark: 2 ** 20 })) {
    sizeBytes += chunk.length;
    sha256.update(chunk);
    md5.update(chunk);
  }
  return { sizeBytes, sha256: sha256.digest("hex"), md5: md5.digest("hex") };
}
