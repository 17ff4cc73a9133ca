import { createHash } from "node:crypto";
import { SafetensorsError } from "./tensor.ts";

/** The text of the header that holds the sha256, in hex, of the whole file with zeros in this text's place. */
export const checksumKey = "fledge.sha256";

/** What a file has in the checksum's place while the checksum is taken. */
export const blankChecksum = "0".repeat(64);

/** Quotes within names are escaped, so that these bytes stand nowhere else in a header. */
const before = `"${checksumKey}":"`;

/** Where a header's checksum begins; -1 where it has none. */
function placeIn(header: Buffer): number {
  const at = header.indexOf(before);
  return at < 0 ? -1 : at + before.length;
}

function sha256(parts: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Writes the checksum of all parts into the header, which has a blank one. */
export function fillChecksum(header: Buffer, parts: Iterable<Uint8Array>): void {
  header.write(sha256(parts), placeIn(header));
}

/**
 * Holds a file's bytes against the checksum in its header.
 * @param headerEnd where the header ends
 * @throws SafetensorsError where they differ
 */
export function verifyChecksum(bytes: Uint8Array, headerEnd: number, checksum: string, origin: string): void {
  const header = Buffer.from(bytes.subarray(0, headerEnd));
  const at = placeIn(header);
  header.write(blankChecksum, Math.max(at, 0));
  if (at >= 0 && checksum === sha256([header, bytes.subarray(headerEnd)])) return;
  throw new SafetensorsError(
    `${origin}: its checksum does not fit: the file is damaged, or was changed after it was written`,
  );
}
