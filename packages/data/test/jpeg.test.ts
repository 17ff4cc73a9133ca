import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random, type Random } from "@fledge/random";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { sharpOptionsFor } from "../src/image-file.ts";
import type { RgbImage } from "../src/image.ts";
import { decodePlain } from "../src/jpeg/decode-plain.ts";
import { plainJpeg } from "../src/jpeg/plain-header.ts";
import { inArena } from "../src/simd/arena.ts";
import type { CropBox } from "../src/transforms/crop.ts";

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, "fixtures/decode", name));

/** Undefined where the file is left to libvips. */
function decode(bytes: Buffer, part?: CropBox): RgbImage | undefined {
  const jpeg = plainJpeg(bytes);
  return jpeg && inArena((arena) => decodePlain(arena, bytes, jpeg, part));
}

async function byLibvips(bytes: Buffer): Promise<Buffer | undefined> {
  const pipeline = sharp(bytes, sharpOptionsFor(bytes)).removeAlpha().toColourspace("srgb").raw();
  return pipeline.toBuffer().catch(() => undefined);
}

/** A JPEG of any size, content, quality and sampling. */
function drawJpeg(draw: Random): Promise<Buffer> {
  const [width, height, grey] = [draw.integer(1, 90), draw.integer(1, 70), draw.float() < 0.15];
  const channels = grey ? 1 : 3;
  const noise = draw.choice([10, 60, 500]);
  const value = (i: number): number => 128 + 100 * Math.sin(i / (17 * channels) + (i % channels));
  const data = Uint8ClampedArray.from(
    { length: width * height * channels },
    (_, i) => value(i) + noise * (draw.float() - 0.5),
  );
  const image = sharp(data, { raw: { width, height, channels } });
  return (grey ? image.toColourspace("b-w") : image)
    .jpeg({
      quality: draw.integer(1, 101),
      chromaSubsampling: draw.choice(["4:2:0", "4:4:4"]),
      optimiseCoding: draw.float() < 0.5,
    })
    .toBuffer();
}

function expectBytes(out: RgbImage, expected: Buffer | undefined, what: object): void {
  expect({ what, refused: expected === undefined }).toEqual({ what, refused: false });
  expect({ what, differs: Buffer.compare(out.data, expected!) }).toEqual({ what, differs: 0 });
}

describe("a plain JPEG decodes to libjpeg's bytes", () => {
  test("of any size, quality and sampling, whole and in part", async () => {
    let decoded = 0;
    for (let i = 0; i < 120; i++) {
      const draw = random(1, "plain jpeg", i);
      const bytes = await drawJpeg(draw);
      const out = decode(bytes);
      if (out === undefined) continue;
      decoded += 1;
      expectBytes(out, await byLibvips(bytes), { i });
      const [left, top] = [draw.integer(0, out.width), draw.integer(0, out.height)];
      const width = draw.integer(1, out.width - left + 1);
      const part = { left, top, width, height: draw.integer(1, out.height - top + 1) };
      const seen = decode(bytes, part)!;
      for (let y = top; y < top + part.height; y++) {
        const [from, to] = [(y * out.width + left) * 3, (y * out.width + left + part.width) * 3];
        const differs = Buffer.compare(seen.data.subarray(from, to), out.data.subarray(from, to));
        expect({ i, part, y, differs }).toEqual({ i, part, y, differs: 0 });
      }
    }
    expect(decoded).toBeGreaterThan(110);
  });

  test("of a damaged one it decodes the same or leaves it to libvips", async () => {
    let [decoded, left] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const draw = random(2, "damaged jpeg", i);
      const sound = await drawJpeg(draw);
      for (let k = 0; k < 6; k++) {
        const bytes = Buffer.from(sound);
        if (k < 5) bytes[draw.integer(2, bytes.length)] = draw.integer(0, 256);
        const cut = k < 5 ? bytes : bytes.subarray(0, draw.integer(1, bytes.length));
        const out = decode(cut);
        if (out === undefined) left += 1;
        else expectBytes(out, await byLibvips(cut), { i, k });
        decoded += out === undefined ? 0 : 1;
      }
    }
    expect(decoded).toBeGreaterThan(100);
    expect(left).toBeGreaterThan(100);
  });
});

describe("which JPEGs are plain", () => {
  test.each([
    ["baseline-420.jpg", true],
    ["baseline-422.jpg", true],
    ["baseline-444.jpg", true],
    ["restart.jpg", true],
    ["grey.jpg", true],
    ["exif-6.jpg", true],
    ["profile.jpg", true],
    ["bytes-after-end.jpg", true],
    ["progressive.jpg", false],
    ["grey-progressive.jpg", false],
    ["cmyk-adobe.jpg", false],
    ["ycck.jpg", false],
    ["bytes-before-marker.jpg", false],
    ["truncated.jpg", false],
    ["truncated-tail.jpg", false],
  ])("%s: %s", (name, plain) => {
    expect(decode(fixture(name)) !== undefined).toBe(plain);
  });

  test("colours that are no YCbCr are left, as libjpeg guesses them", () => {
    const bytes = fixture("baseline-444.jpg");
    const jfif = bytes.indexOf("JFIF");
    const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
    const scan = bytes.indexOf(Buffer.of(0xff, 0xda));
    const withIds = (ids: string): Buffer => {
      const changed = Buffer.from(bytes);
      changed.write("none", jfif);
      for (const [i, id] of Buffer.from(ids).entries()) {
        changed[frame + 10 + 3 * i] = id;
        changed[scan + 5 + 2 * i] = id;
      }
      return changed;
    };
    expect(decode(withIds("\x01\x02\x03"))).toBeDefined();
    expect(decode(withIds("RGB"))).toBeUndefined();
  });

  test("a cut part says nothing of what is wanted: the file must still end as a JPEG does", () => {
    const bytes = fixture("baseline-420.jpg");
    const part = { left: 0, top: 0, width: 5, height: 5 };
    expect(decode(bytes, part)).toBeDefined();
    expect(decode(bytes.subarray(0, -2), part)).toBeUndefined();
    expect(() => decode(bytes, { ...part, width: 38 })).toThrow(RangeError);
  });
});
