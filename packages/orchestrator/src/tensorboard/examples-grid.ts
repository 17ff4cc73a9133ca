import { join } from "node:path";
import { DataError, decodeRgb, encodeGrid, resizeCenterCrop, type Dataset, type RgbImage } from "@fledge/data";
import type { Evaluation } from "@fledge/training";
import { shownPlaces } from "../run/live-file.ts";

/** Pixels of a picture's side, of the frame around it, and between pictures; pictures in a row. */
const [side, frame, gap, columns] = [64, 4, 4, 6] as const;

/** Blue around an image that is right, orange around one that is wrong, grey around one that cannot be read. */
const frames = { right: [39, 133, 196], wrong: [213, 94, 0], unread: [140, 140, 140] } as const;

function framed(image: RgbImage | undefined, colour: readonly number[]): RgbImage {
  const whole = side + 2 * frame;
  const data = new Uint8Array(whole * whole * 3);
  for (let at = 0; at < data.length; at++) data[at] = colour[at % 3]!;
  if (image)
    for (let y = 0; y < side; y++) {
      const row = image.data.subarray(y * side * 3, (y + 1) * side * 3);
      data.set(row, ((y + frame) * whole + frame) * 3);
    }
  return { width: whole, height: whole, data };
}

/** Images of a validation with what the model made of them, as one PNG and in words. */
export async function examplesGrid(
  { root, classes, samples }: Dataset,
  validated: Evaluation,
): Promise<{ readonly encoded: Buffer; readonly width: number; readonly height: number; readonly text: string }> {
  const places = shownPlaces(samples.length, 24);
  const images: RgbImage[] = [];
  const rows: string[] = [];
  for (const place of places) {
    const { path, label } = samples[place]!;
    const predicted = validated.classes[place]!;
    const image = await decodeRgb(join(root, path)).catch((error: unknown) => {
      if (error instanceof DataError) return undefined;
      throw error;
    });
    const colour = image ? frames[predicted === label ? "right" : "wrong"] : frames.unread;
    images.push(framed(image && resizeCenterCrop(image, side, side), colour));
    rows.push(
      `| ${path} | ${classes[label]} | ${classes[predicted]} | ${validated.probabilities[place]!.toFixed(3)} |`,
    );
  }
  const size = (count: number): number => count * (side + 2 * frame) + (count + 1) * gap;
  return {
    encoded: await encodeGrid(images, { columns, gap }),
    width: size(columns),
    height: size(Math.ceil(images.length / columns)),
    text: ["| image | class | prediction | probability |", "| --- | --- | --- | --- |", ...rows].join("\n"),
  };
}
