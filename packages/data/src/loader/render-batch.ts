import { random, type Random } from "@fledge/random";
import { withDecoded } from "../decode.ts";
import type { ImageSize, RgbImage } from "../image.ts";
import { inArena } from "../simd/arena.ts";
import type { View } from "./view.ts";
import { cropOf, viewRenderer } from "./view.ts";

/** The images of one batch as one view shows them: bytes, or whatever else holds as much. */
export interface ViewImages<Images = Uint8Array> {
  /** [N, H, W, 3] uint8 RGB, H = W = imageSize. */
  images: Images;
  /** [N]; 1 where the image is yet to be mirrored left to right, which the input kernel does on the GPU. */
  flips: Uint32Array;
  imageSize: number;
}

/** All that one batch needs, as plain data that can cross to a worker thread. */
export interface BatchTask {
  seed: number;
  epoch: number;
  /** `index` is the sample's place in the data set and keys its randomness; `decoded` comes from the cache. */
  samples: { index: number; file: string; decoded?: RgbImage }[];
  /** `purpose` keys the view's randomness. */
  views: { purpose: string; view: View }[];
  /** Whether to hand back what had to be decoded. */
  keepDecoded: boolean;
}

export interface RenderedBatch {
  /** As the task's views. */
  views: ViewImages[];
  /** What had to be decoded, in shared memory; empty unless wanted. */
  decoded: { file: string; image: RgbImage }[];
}

/**
 * Decodes the batch's images and renders every view of them. What a row holds depends only on the seed, the view, the
 * epoch and the sample's index, never on the batch or the thread. Throws DataError naming an image that is broken.
 */
export async function renderBatch(task: BatchTask): Promise<RenderedBatch> {
  const count = task.samples.length;
  const renderers = task.views.map(({ view }) => viewRenderer(view));
  const views = task.views.map(({ view }): ViewImages => {
    const imageSize = view.crop.size;
    return { images: new Uint8Array(count * imageSize ** 2 * 3), flips: new Uint32Array(count), imageSize };
  });
  const decoded: RenderedBatch["decoded"] = [];
  const renderRow = (row: number, image: RgbImage): void => {
    for (const [i, render] of renderers.entries()) {
      const { images, flips, imageSize } = views[i] as ViewImages;
      const rendered = render(image, streamOf(task, row, i));
      images.set(rendered.image.data, row * imageSize ** 2 * 3);
      flips[row] = rendered.flip ? 1 : 0;
    }
  };
  // Where nothing but one view's crop is wanted, nothing else is decoded.
  const [only] = task.views.length === 1 && !task.keepDecoded ? task.views : [];
  const part = only && cropOf(only.view);
  for (const [row, { file, decoded: held }] of task.samples.entries()) {
    if (held !== undefined) {
      inArena(() => renderRow(row, held));
    } else if (task.keepDecoded) {
      const image = await withDecoded(file, inSharedMemory);
      decoded.push({ file, image });
      inArena(() => renderRow(row, image));
    } else {
      const wanted = part && ((size: ImageSize) => part(size, streamOf(task, row, 0)));
      await withDecoded(file, (image) => renderRow(row, image), wanted);
    }
  }
  return { views, decoded };
}

/** The draws of one view of one row. */
function streamOf({ seed, epoch, samples, views }: BatchTask, row: number, view: number): Random {
  return random(seed, views[view]?.purpose as string, epoch, samples[row]?.index as number);
}

function inSharedMemory(image: RgbImage): RgbImage {
  const data = new Uint8Array(new SharedArrayBuffer(image.data.length));
  data.set(image.data);
  return { ...image, data };
}
