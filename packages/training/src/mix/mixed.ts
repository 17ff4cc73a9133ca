import { batchOf, float32, int32, mixImages, mixTargets, softmaxCrossEntropy, type InputValue } from "@fledge/autograd";
import type { Batch } from "@fledge/data";
import { imageInputs } from "../batch-inputs.ts";
import { renderedImages } from "../images.ts";
import type { LossOptions, Objective } from "../objectives.ts";
import { drawMix, type Mix, type MixOptions } from "./draw-mix.ts";

/** Input names of the other image of each, and how the two are mixed. */
const others = "otherImages";

function permuted<A extends Uint8Array | Uint32Array | Int32Array>(rows: A, permutation: Int32Array): A {
  const width = rows.length / permutation.length;
  const result = rows.slice() as A;
  permutation.forEach((from, to) => result.set(rows.subarray(from * width, (from + 1) * width), to * width));
  return result;
}

/** What a batch brings to be mixed beside its images and labels: those of the other image of each, and the mix. */
export function mixInputs(
  { images, flips, labels }: Pick<Batch<string>, "images" | "flips" | "labels">,
  { permutation, share, box, weight }: Mix,
): Record<string, InputValue> {
  const other = { images: permuted(images, permutation), flips: permuted(flips, permutation) };
  return {
    ...imageInputs(others, other),
    otherLabels: permuted(labels, permutation),
    mixShare: share,
    mixBox: Int32Array.from(box),
    mixWeight: weight,
  };
}

/**
 * Cross entropy against the data set's labels on images that are mixed in pairs, MixUp or CutMix; the targets are the
 * two labels, weighed. `correct` counts the first image's labels, so that a batch that is mixed has fewer.
 */
export function supervisedMixed(imageSize: number, mix: MixOptions, options: LossOptions): Objective {
  const [first, second] = [renderedImages(imageSize), renderedImages(imageSize, others)];
  return {
    inputs: (batchSize) => ({
      ...first.inputs(batchSize),
      ...second.inputs(batchSize),
      labels: batchOf(batchSize, int32()),
      otherLabels: batchOf(batchSize, int32()),
      mixShare: float32(),
      mixBox: int32(4),
      mixWeight: float32(),
    }),
    drawn(batch, place) {
      return mixInputs(batch, drawMix(mix, place, { size: batch.size, height: imageSize, width: imageSize }));
    },
    lossOf(network, given) {
      const labels = given["labels"]!;
      const images = mixImages(first.tensor(given), second.tensor(given), given["mixShare"]!, given["mixBox"]!);
      const logits = network(images, { mode: "train" });
      const targets = mixTargets(labels, given["otherLabels"]!, given["mixWeight"]!, logits.shape[1]!);
      return { loss: softmaxCrossEntropy(logits, targets, options), logits, labels };
    },
  };
}
