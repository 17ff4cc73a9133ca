import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { random } from "@fledge/random";
import sharp from "sharp";

/** The size that most of CUB's photographs have. */
export const photograph = { width: 500, height: 375 };

/** Draws `count` JPEG files into one class of an image folder: blurred noise, about as many bytes each as a photograph. */
export async function drawPhotographs(root: string, count: number): Promise<void> {
  const { width, height } = photograph;
  await mkdir(join(root, "a"));
  for (let i = 0; i < count; i++) {
    const draw = random(1, "bench image", i);
    const data = Uint8Array.from({ length: width * height * 3 }, () => draw.integer(0, 256));
    await sharp(data, { raw: { width, height, channels: 3 } })
      .blur(1.5)
      .jpeg({ quality: 90 })
      .toFile(join(root, "a", `${i}.jpg`));
  }
}
