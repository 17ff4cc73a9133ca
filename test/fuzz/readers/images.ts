import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, decodeRgb } from "@fledge/data";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const fixtures = join(import.meta.dirname, "../../../packages/data/test/fixtures/decode");

const images = (name: string, extension: string): Reader => ({
  name,
  seeds: readdirSync(fixtures)
    .filter((file) => file.endsWith(extension) && !/truncated|corrupt|bytes-/.test(file))
    .sort()
    .map((file) => readFileSync(join(fixtures, file))),
  async read(bytes) {
    const file = join(scratch, name);
    writeFileSync(file, bytes);
    const { width, height, data } = await decodeRgb(file);
    if (data.length !== 3 * width * height) throw new Error(`${data.length} bytes for ${width}x${height} pixels`);
    return digest(`${width}x${height}`, data);
  },
  refusals: [DataError],
  origin: join(scratch, name),
  checked: () => false,
});

export const jpeg = images("jpeg", ".jpg");
export const png = images("png", ".png");
