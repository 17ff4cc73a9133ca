import { jpegCompression, type RgbImage } from "@fledge/corruptions";
import { random } from "@fledge/random";
import sharp from "sharp";
import { describe, expect, test } from "vitest";

const noisy = (width: number, height: number, reach: number): RgbImage => {
  const draw = random(width, "jpeg", height, reach);
  const shade = (i: number): number => 128 + 100 * Math.sin(i / 40);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => shade(i) + reach * (draw.float() - 0.5));
  return { width, height, data };
};

/** What libjpeg makes of the image: 4:2:0, the standard's tables. */
async function throughLibjpeg({ width, height, data }: RgbImage, quality: number): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const;
  const file = await sharp(data, { raw }).jpeg({ quality, chromaSubsampling: "4:2:0" }).toBuffer();
  return new Uint8Array(await sharp(file).raw().toBuffer());
}

// Here, not in `corruptions`, because only `data` may use sharp.
describe("jpegCompression is libjpeg's, byte for byte", () => {
  test.each([
    [1, 1],
    [2, 3],
    [3, 2], // two columns of chroma, which libjpeg does not interpolate
    [4, 20],
    [5, 4],
    [15, 17],
    [16, 16],
    [33, 31],
    [64, 48],
  ])("%i x %i", async (width, height) => {
    for (const quality of [1, 7, 10, 25, 49, 50, 75, 85, 99, 100]) {
      for (const reach of [0, 60, 500]) {
        const image = noisy(width, height, reach);
        const differs = Buffer.compare(jpegCompression(image, { quality }).data, await throughLibjpeg(image, quality));
        expect({ quality, reach, differs }).toEqual({ quality, reach, differs: 0 });
      }
    }
  });
});
