import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { DataError, decodeRgb } from "@fledge/data";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const fixtures = join(import.meta.dirname, "../../../packages/data/test/fixtures/decode");

/** Whether a chunk of a PNG misses its checksum: what is then read to other content is damage that went unseen. */
function missesChecksum(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return true;
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return false;
    at = end + 4;
  }
  return true;
}

const soundFiles = (extension: string): Buffer[] =>
  readdirSync(fixtures)
    .filter((file) => file.endsWith(extension) && !/truncated|corrupt|bytes-/.test(file))
    .sort()
    .map((file) => readFileSync(join(fixtures, file)));

function images(name: string, seeds: readonly Buffer[], checked: Reader["checked"], lane = 0): Reader {
  const file = join(scratch, `${name}-${lane}`);
  return {
    name,
    seeds,
    async read(bytes) {
      writeFileSync(file, bytes);
      const { width, height, data } = await decodeRgb(file);
      if (data.length !== 3 * width * height) throw new Error(`${data.length} bytes for ${width}x${height} pixels`);
      return digest(`${width}x${height}`, data);
    },
    refusals: [DataError],
    origin: file,
    checked,
    twin: (other) => images(name, seeds, checked, other),
  };
}

export const jpeg = images("jpeg", soundFiles(".jpg"), () => false);
export const png = images("png", soundFiles(".png"), missesChecksum);
export const webp = images("webp", soundFiles(".webp"), () => false);
