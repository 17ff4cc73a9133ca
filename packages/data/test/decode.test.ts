import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeRgb } from "../src/decode.ts";
import { DataError } from "../src/error.ts";
import { temporaryFolder } from "./folders.ts";

interface Pixels {
  width: number;
  height: number;
  sha256: string;
}
const fixtures = join(import.meta.dirname, "fixtures");
const { images } = JSON.parse(readFileSync(join(fixtures, "pillow.json"), "utf8")) as {
  images: Record<string, Pixels | { error: true }>;
};
const file = (name: string): string => join(fixtures, "decode", name);

/** The README's table of differences. */
const differing = ["bytes-before-marker.jpg", "grey-16.png", "pixels.ppm"];
const alike = Object.keys(images).filter((name) => !differing.includes(name));
const broken = alike.filter((name) => "error" in (images[name] as object));
const sound = alike.filter((name) => !broken.includes(name));

describe("decodeRgb and Pillow agree but for the known differences", () => {
  test.each(sound)("%s: the same bytes", async (name) => {
    const { width, height, data } = await decodeRgb(file(name));
    const sha256 = createHash("sha256").update(data).digest("hex");
    expect({ width, height, sha256 }).toEqual(images[name]);
  });

  test.each(broken)("%s: refused", async (name) => {
    await expect(decodeRgb(file(name))).rejects.toThrow(DataError);
  });

  test("both kinds are there", () => {
    expect([sound.length, broken.length]).toEqual([22, 3]);
  });
});

test("the pixels are a plain Uint8Array, whose slice copies", async () => {
  for (const name of ["baseline-420.jpg", "cmyk-adobe.jpg"]) {
    expect(Object.getPrototypeOf((await decodeRgb(file(name))).data)).toBe(Uint8Array.prototype);
  }
});

describe("what differs from Pillow", () => {
  test("16-bit grey takes the high byte, as 16-bit grey with alpha does in both", async () => {
    const [plain, withAlpha] = await Promise.all([
      decodeRgb(file("grey-16.png")),
      decodeRgb(file("grey-alpha-16.png")),
    ]);
    expect(plain).toEqual(withAlpha);
  });

  test("bytes before a JPEG's first marker segment are skipped", async () => {
    const [odd, plain] = await Promise.all([
      decodeRgb(file("bytes-before-marker.jpg")),
      decodeRgb(file("baseline-420.jpg")),
    ]);
    expect(odd).toEqual(plain);
    expect(images["bytes-before-marker.jpg"]).toEqual({ error: true });
  });

  test("PPM is refused", async () => {
    await expect(decodeRgb(file("pixels.ppm"))).rejects.toThrow(/pixels\.ppm: .*unsupported image format/);
  });
});

test("a file name with brackets is read as it stands", async () => {
  const odd = join(temporaryFolder(), "bird [page=1].jpg");
  copyFileSync(file("baseline-420.jpg"), odd);
  expect(await decodeRgb(odd)).toEqual(await decodeRgb(file("baseline-420.jpg")));
});

test("what cannot be decoded is named with its reason", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "page.jpg"), "<html>404</html>");
  writeFileSync(join(folder, "empty.jpg"), "");
  await expect(decodeRgb(join(folder, "page.jpg"))).rejects.toThrow(/page\.jpg: .*unsupported image format/);
  await expect(decodeRgb(join(folder, "empty.jpg"))).rejects.toThrow(/empty\.jpg: .*empty/);
  await expect(decodeRgb(join(folder, "none.jpg"))).rejects.toThrow(/none\.jpg: .*no such file/);
});

test.each(["IHDR", "PLTE", "IDAT"])("a PNG whose %s misses its checksum is refused", async (chunk) => {
  const bytes = readFileSync(file("palette.png"));
  const at = bytes.indexOf(chunk);
  bytes[at + 4 + bytes.readUInt32BE(at - 4)]! ^= 1;
  const damaged = join(temporaryFolder(), `${chunk}.png`);
  writeFileSync(damaged, bytes);
  await expect(decodeRgb(damaged)).rejects.toThrow(`${damaged}: this image cannot be decoded`);
});
