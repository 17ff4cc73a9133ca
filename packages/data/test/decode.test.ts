import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeRgb } from "../src/decode.ts";
import { withImage } from "../src/image-file.ts";
import { DataError } from "../src/error.ts";
import { UnreadableError } from "../src/unreadable.ts";
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
    expect([sound.length, broken.length]).toEqual([25, 3]);
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

describe("what is refused before it is decoded", () => {
  const { svg, tiff, gif } = {
    svg: '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    tiff: { compression: "none" } as const,
    gif: { colours: 8 },
  };
  const image = () => sharp({ create: { width: 9, height: 9, channels: 3, background: "#123456" } });

  test("formats that are not held against Pillow, by content and whatever the name", async () => {
    const folder = temporaryFolder();
    const files: Record<string, [Buffer | string, RegExp]> = {
      "raw.jpg": [await image().tiff(tiff).toBuffer(), /unsupported image format \(a TIFF image\)/],
      "lzw.tif": [await image().tiff({ compression: "lzw" }).toBuffer(), /a TIFF image/],
      "gif.png": [await image().gif(gif).toBuffer(), /a GIF image/],
      "svg.jpg": [svg, /an SVG drawing/],
      "avif.jpg": [await image().avif().toBuffer(), /an AVIF image/],
      "lfs.jpg": ["version https://git-lfs.github.com/spec/v1\noid sha256:0\n", /a Git LFS pointer: "git lfs pull"/],
      "double.jpg": ["\0\x05\x16\x07\0\x02\0\0Mac OS X        ", /an AppleDouble file/],
      "zeros.jpg": ["\0".repeat(99), /nothing but zeros/],
      "noise.jpg": ["abc", /no kind of file that is known/],
    };
    for (const [name, [bytes, reason]] of Object.entries(files)) {
      writeFileSync(join(folder, name), bytes);
      await expect(decodeRgb(join(folder, name))).rejects.toThrow(reason);
      await expect(decodeRgb(join(folder, name))).rejects.toThrow(name);
    }
  });

  test("more pixels than are decoded, by the header alone", async () => {
    const bomb = join(temporaryFolder(), "bomb.png");
    const chunk = (type: string, body: Buffer): Buffer => {
      const [size, sum, tagged] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.concat([Buffer.from(type), body])];
      size.writeUInt32BE(body.length);
      sum.writeUInt32BE(crc32(tagged));
      return Buffer.concat([size, tagged, sum]);
    };
    const header = Buffer.from("\0\0\x40\0\0\0\x40\0\x08\x02\0\0\0", "latin1");
    const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync("")), chunk("IEND", Buffer.alloc(0))];
    // No pixel is in it: whoever began to decode would say so.
    writeFileSync(bomb, Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]));
    await expect(decodeRgb(bomb)).rejects.toThrow(/its 16384 x 16384 pixels are more than the 67108864/);
  });

  test("a side that is longer than RandAugment bears", async () => {
    const line = join(temporaryFolder(), "line.jpg");
    const create = (width: number) => ({ width, height: 1, channels: 3, background: "#785a3c" }) as const;
    await sharp({ create: create(65_000) })
      .jpeg()
      .toFile(line);
    await expect(decodeRgb(line)).rejects.toThrow(/a side of its 65000 x 1 pixels is longer than 16384/);
    await sharp({ create: create(16_384) })
      .jpeg()
      .toFile(line);
    expect((await decodeRgb(line)).width).toBe(16_384);
  });

  test("a file too large for any image, and a folder", async () => {
    const folder = temporaryFolder();
    const large = join(folder, "large.jpg");
    writeFileSync(large, "");
    truncateSync(large, 2 ** 33);
    await expect(decodeRgb(large)).rejects.toThrow(/large\.jpg: .*its 8589934592 bytes are more than/);
    await expect(decodeRgb(folder)).rejects.toThrow(/it is no file/);
  });

  test("cut anywhere, an image is refused with a reason or borne, and never unknown", async () => {
    const folder = temporaryFolder();
    for (const name of ["baseline-420.jpg", "cmyk-adobe.jpg", "alpha.png", "palette.png", "alpha.webp"]) {
      const bytes = readFileSync(file(name));
      for (let cut = 1; cut <= 16; cut++) {
        const part = join(folder, `${cut}-${name}`);
        writeFileSync(part, bytes.subarray(0, Math.floor((bytes.length * cut) / 17)));
        await expect(decodeRgb(part)).rejects.toThrow(/this image cannot be decoded: (?!unknown)\S/i);
      }
    }
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

test.each(["EMFILE", "EIO"])("%s is the system's fault and not the image's", async (code) => {
  const fault = Object.assign(new Error(`${code}: no luck`), { code });
  const refusal: unknown = await withImage(file(sound[0]!), () => Promise.reject(fault)).catch(
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(UnreadableError);
  expect(refusal).toMatchObject({ cause: fault, fault: `${file(sound[0]!)}: this cannot be read (${fault.message})` });
});
