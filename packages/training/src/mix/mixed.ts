import { batchOf, DeviceRows, float32, int32, mixImages, mixTargets, type InputValue } from "@fledge/autograd";
import { imageInputs } from "../batch-inputs.ts";
import { renderedImages, type ImageInput } from "../images.ts";
import type { BatchImages, ImageBatch } from "../open-loader.ts";
import { drawMix, type Mix, type MixOptions } from "./draw-mix.ts";

/** Input names of the other image of each, and how the two are mixed. */
const others = "otherImages";

function permuted<A extends Uint8Array | Uint32Array | Int32Array>(rows: A, permutation: Int32Array): A {
  const width = rows.length / permutation.length;
  const result = rows.slice() as A;
  permutation.forEach((from, to) => result.set(rows.subarray(from * width, (from + 1) * width), to * width));
  return result;
}

const permutedImages = (images: BatchImages, permutation: Int32Array): BatchImages =>
  images instanceof DeviceRows
    ? new DeviceRows(Array.from(permutation, (from) => images.rows[from]!))
    : permuted(images, permutation);

/** What a batch brings to be mixed beside its images and labels: those of the other image of each, and the mix. */
export function mixInputs(
  { images, flips, labels }: Pick<ImageBatch, "images" | "flips" | "labels">,
  { permutation, share, box, weight }: Mix,
): Record<string, InputValue> {
  const other = { images: permutedImages(images, permutation), flips: permuted(flips, permutation) };
  return {
    ...imageInputs(others, other),
    otherLabels: permuted(labels, permutation),
    mixShare: share,
    mixBox: Int32Array.from(box),
    mixWeight: weight,
  };
}

/**
 * Labelled images that are mixed in pairs, MixUp or CutMix; the targets are the two labels, weighed. What counts correct
 * answers counts the first image's labels, so that a batch that is mixed has fewer.
 */
export function mixedImages(imageSize: number, mix: MixOptions): ImageInput {
  const [first, second] = [renderedImages(imageSize), renderedImages(imageSize, others)];
  return {
    inputs: (batchSize, batch) => ({
      ...first.inputs(batchSize, batch),
      ...second.inputs(batchSize, batch),
      otherLabels: batchOf(batchSize, int32(), batch),
      mixShare: float32(),
      mixBox: int32(4),
      mixWeight: float32(),
    }),
    tensor: (given) => mixImages(first.tensor(given), second.tensor(given), given["mixShare"]!, given["mixBox"]!),
    drawn: (batch, place) =>
      mixInputs(batch, drawMix(mix, place, { size: batch.size, height: imageSize, width: imageSize })),
    target: (given, classes) => mixTargets(given["labels"]!, given["otherLabels"]!, given["mixWeight"]!, classes),
  };
}
