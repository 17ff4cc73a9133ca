import { DataError, decodeRgb, resizeCenterCrop, type BrokenImage } from "@fledge/data";
import { probabilitiesOf } from "@fledge/training";
import pMap from "p-map";
import type { Classifier } from "../model-files/network-on-device.ts";
import type { Preprocessing } from "../model-files/card.ts";

/** A class and how sure the model is of it, a share of 1. */
export interface Guess {
  readonly label: number;
  readonly probability: number;
}

export interface Predicted {
  readonly file: string;
  /** The most likely first. */
  readonly top: readonly Guess[];
}

export interface Predictions {
  readonly images: readonly Predicted[];
  /** Files that cannot be read as images, with the reason. */
  readonly setAside: readonly BrokenImage[];
}

export interface PredictOptions {
  readonly preprocessing: Preprocessing;
  /** How many classes of each image. */
  readonly top: number;
  readonly batchSize: number;
  /** After each batch: images done, of all. */
  readonly onProgress?: (done: number) => void;
}

/** As many as libuv's pool, in which sharp works, has threads. */
const decodedAtOnce = 4;

/** A file as the network sees it, or why it cannot be read. */
async function render(file: string, { resize, crop }: Preprocessing): Promise<Uint8Array | BrokenImage> {
  try {
    return resizeCenterCrop(await decodeRgb(file), resize, crop).data;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { path: file, reason: error.message };
  }
}

/** The `top` most likely classes of a row of probabilities; of equal ones the lower number first. */
function guessesOf(row: Float64Array, top: number): Guess[] {
  const order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
  return order.slice(0, top).map((label) => ({ label, probability: row[label]! }));
}

/** What a model says of image files, in their order; those that cannot be read are set aside. */
export async function predictImages(
  model: Classifier,
  files: readonly string[],
  { preprocessing, top, batchSize, onProgress = () => {} }: PredictOptions,
): Promise<Predictions> {
  const { crop } = preprocessing;
  const rendered = (batch: readonly string[]) =>
    pMap(batch, (file) => render(file, preprocessing), { concurrency: decodedAtOnce });
  const batches = Array.from({ length: Math.ceil(files.length / batchSize) }, (_, i) =>
    files.slice(i * batchSize, (i + 1) * batchSize),
  );
  const images: Predicted[] = [];
  const setAside: BrokenImage[] = [];
  let next = rendered(batches[0] ?? []);
  for (const [index, batch] of batches.entries()) {
    const found = await next;
    // The next batch is decoded while this one is computed; its error, if any, is thrown when it is awaited.
    next = rendered(batches[index + 1] ?? []);
    next.catch(() => {});
    const sound = batch.flatMap((file, row) => {
      const one = found[row]!;
      return one instanceof Uint8Array ? [{ file, pixels: one }] : [];
    });
    setAside.push(...found.filter((one): one is BrokenImage => !(one instanceof Uint8Array)));
    if (sound.length > 0) {
      const pixels = new Uint8Array(sound.length * crop * crop * 3);
      sound.forEach((one, row) => pixels.set(one.pixels, row * crop * crop * 3));
      const logits = await model.logits(pixels, sound.length);
      const classes = logits.length / sound.length;
      const probabilities = probabilitiesOf(logits, classes);
      sound.forEach(({ file }, row) => {
        const own = probabilities.subarray(row * classes, (row + 1) * classes);
        images.push({ file, top: guessesOf(own, top) });
      });
    }
    onProgress(images.length + setAside.length);
  }
  return { images, setAside };
}
